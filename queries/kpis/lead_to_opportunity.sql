-- title:     Lead-to-opportunity progression
-- stage:     opportunity
-- home:      inbound, headline
-- rows:      journey_units('opportunity', $scope, $horizon)
-- counter:   midfunnel_silent_failure
-- headline:  inbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads, how many have become an opportunity by the age at which their channel is judged.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.created_at
-- horizon:   inbound 45, outbound 120
-- also:      horizon_days, judge_on
-- across:    Outbound intent is built later: its opportunities are judged by accounts worked, not by this speed.
-- caveat:    Where an opportunity is opened at hand-off by policy, this measures the policy: use the accepted stage.
-- answers:   S1.79
with

-- Disqualified before an opportunity competes; a lead that is still open counts as not yet, never as no.
at_horizon as (

    select *
    from incidence_at('opportunity', $scope, [$horizon['inbound'], $horizon['outbound']])
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
