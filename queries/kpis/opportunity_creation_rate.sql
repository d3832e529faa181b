-- title:     Opportunity creation rate
-- stage:     opportunity
-- home:      outbound, headline
-- rows:      journey_units('account_opportunity', $scope, $horizon)
-- headline:  outbound
-- unit:      ratio
-- of:        targeted accounts
-- direction: higher_is_better
-- reads:     Of 100 targeted accounts, how many have a first opportunity by this many days after they were targeted.
-- needs:     account_sets.targeted_from, opportunities.created_at, opportunities.account_id, opportunities.lead_id
-- links:     opportunities.lead, account_sets.account
-- windows:   opportunities
-- horizon:   inbound 120, outbound 120
-- also:      horizon_days, judge_on, share_by_365, low_by_365, high_by_365, n_by_365
-- apart:     Only outbound has a list of targeted accounts.
-- across:    Inbound has no list of targeted accounts: read its lead-to-opportunity progression instead.
-- caveat:    Accounts with an opportunity that was open when they were targeted are left out: the list did not open it.
-- caveat:    Counts from the creation of the opportunity: no extract says when it was accepted, so opportunities opened in
--   advance to fill a list are counted too.
-- caveat:    An account of several sets counts once in each; slice by source to see one set at a time.
-- answers:   S1.83
with

by_age as (

    select *
    from incidence_at('account_opportunity', $scope, [$horizon['inbound'], $horizon['outbound'], 365])

),

-- The year is shown beside the horizon: large accounts open late, and a list is not judged by its quick ones alone.
by_year as (

    select *
    from by_age
    where age_days = 365

)

select
    slice,
    channel,
    by_age.events as numerator,
    by_age.unit_count as denominator,
    by_age.share as estimate,
    by_age.low,
    by_age.high,
    by_age.n_old_enough,
    by_age.status,
    by_age.age_days as horizon_days,
    by_age.judge_on,
    by_year.share as share_by_365,
    by_year.low as low_by_365,
    by_year.high as high_by_365,
    by_year.n_old_enough as n_by_365
from by_age
inner join by_year using (slice, channel)
where by_age.age_days = horizon_of($horizon, channel)
