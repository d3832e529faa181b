-- title:     Long-term close rate
-- stage:     close
-- home:      outbound, headline
-- rows:      journey_units('won', $scope, $horizon)
-- headline:  outbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads, how many are won in the long run, with the open ones as not yet.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.outcome, opportunities.closed_at
-- horizon:   inbound 180, outbound 540
-- also:      horizon_days, judge_on, final_low, final_high, account_count
-- across:    Inbound is shown at its own horizon; the fair comparison of both is the close rate at equal age.
-- caveat:    Leads of one account go together: where an account holds several, the limits rest on the variance between accounts.
-- caveat:    The final rate lies between what is won and what is won or still open at the horizon (no assumption made).
-- answers:   S1.86
with

-- Won per lead created, not won / (won + lost): the latter is the share of wins among fast closers.
at_horizon as (

    select *
    from incidence_at('won', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

)

select
    slice,
    channel,
    events as numerator,
    unit_count as denominator,
    share as estimate,
    low,
    high,
    n_old_enough,
    status,
    age_days as horizon_days,
    judge_on,
    share as final_low,
    share + open_share as final_high,
    account_count
from at_horizon
