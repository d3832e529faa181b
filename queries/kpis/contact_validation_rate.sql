-- title:     Contact data validated
-- stage:     data_quality
-- home:      data, detail
-- rows:      journey_units('validated', $scope, $horizon)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads, how many have had their telephone number and their role checked by the time they are 30 days old.
-- needs:     leads.created_at, data_checks.field, data_checks.checked_at
-- links:     data_checks.lead
-- windows:   data_checks
-- horizon:   inbound 30, outbound 30
-- also:      horizon_days, judge_on
-- across:    Both channels are read at the same age; a bought list and a form filled in by the lead itself start from different data.
-- caveat:    A check counts whatever it found: a number found wrong is a checked one. What was found: database accuracy.
-- caveat:    A lead that is closed can still be checked, so nothing competes here.
-- answers:   S0.5, S0.6
with

-- Leads younger than 30 days are censored, not taken for unchecked ones.
at_horizon as (

    select *
    from incidence_at('validated', $scope, [$horizon['inbound'], $horizon['outbound']])
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
    judge_on
from at_horizon
