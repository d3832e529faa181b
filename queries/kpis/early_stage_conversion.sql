-- title:     Early-stage conversion (lead to meeting by 30 days)
-- stage:     meeting
-- home:      inbound, headline
-- rows:      journey_units('meeting', $scope, $horizon)
-- counter:   midfunnel_silent_failure
-- headline:  inbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads, how many have held a first meeting by the time they are 30 days old.
-- needs:     leads.created_at, meetings.held_at
-- links:     meetings.lead
-- windows:   meetings
-- horizon:   inbound 30, outbound 30
-- also:      horizon_days, judge_on
-- across:    Inbound meets early by nature: on outbound this measures timing, not quality.
-- caveat:    A meeting counts when it was held, not when it was booked.
-- answers:   S1.52
with

-- Disqualified leads compete with meeting; leads younger than 30 days are censored, not failed.
at_horizon as (

    select *
    from incidence_at('meeting', $scope, [$horizon['inbound'], $horizon['outbound']])
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
