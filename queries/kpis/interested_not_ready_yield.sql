-- title:     Interested-not-ready yield
-- stage:     qualification
-- home:      outbound, detail
-- rows:      (select *, 'interested_not_ready' as measure from journey_units('return_not_ready', $scope, $horizon)
--            union all
--            select *, 'no_fit' as measure from journey_units('return_no_fit', $scope, $horizon))
-- headline:  outbound
-- unit:      ratio
-- of:        leads
-- first:     interested_not_ready
-- direction: higher_is_better
-- reads:     Of 100 leads that said not now, how many come back as qualified or to a meeting by the age shown.
-- needs:     leads.created_at, leads.sql_at, calls.started_at, calls.outcome_code, meetings.held_at, calls.lead_id
-- links:     calls.lead, meetings.lead
-- windows:   calls, meetings
-- horizon:   inbound 180, outbound 180
-- also:      horizon_days, judge_on, measure
-- across:    Naturally larger for outbound, whose leads have longer to come back: compare at equal age only, as here.
-- caveat:    180 days for both channels; 365 days may be asked for instead.
-- caveat:    Age counts from the first call that ended so; from and to are days of that call.
-- caveat:    The line no_fit is the yardstick: how many come back of the leads first told apart as no fit.
-- caveat:    A lead that comes back under another lead id is not recognised: merge contacts and accounts first.
-- caveat:    Only a win competes: whoever was closed may still come back. A lead won by the day of the call is left out.
-- caveat:    Leads of one account go together: the limits rest on the variance between accounts.
-- answers:   S0.18, S1.40, S1.45
with

-- A win before a return competes; who may still return is censored.
returns as (

    select
        *,
        'interested_not_ready' as measure
    from incidence_at('return_not_ready', $scope, [$horizon['inbound'], $horizon['outbound']])
    union all
    select
        *,
        'no_fit' as measure
    from incidence_at('return_no_fit', $scope, [$horizon['inbound'], $horizon['outbound']])

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
    measure
from returns
where age_days = horizon_of($horizon, channel)
