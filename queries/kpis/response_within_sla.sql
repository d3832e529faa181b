-- title:     Responded within the promised time
-- stage:     reach
-- home:      inbound, detail
-- rows:      journey_units('response', $scope, every_channel(setting('sla.response_minutes')))
-- headline:  inbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 inbound leads, how many get a human response within the promised minutes.
-- needs:     leads.created_at, calls.started_at, calls.direction, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- withheld:  Not defined for outbound: nobody there is waiting for an answer.
-- horizon:   none
-- also:      sla_minutes, judge_on
-- apart:     No outbound lead waits for an answer.
-- across:    Not defined for outbound: nobody there is waiting for an answer, so no figure is given.
-- caveat:    A response is a dial to the lead, or an answered call of its own; an automatic reply is none. A dial nobody picks up
--   counts: read the rate beside the decision makers reached.
-- caveat:    The clock starts once, when the lead is created, and runs through nights and weekends. A lead that nobody answers stays
--   in the denominator; a lead closed before any response counts as not answered.
-- counter:   decision_maker_reach_rate
-- answers:   S0.23
with

-- Younger than the promised minutes means open, not late: such leads are censored.
at_promise as (

    select
        *,
        channel <> 'outbound' as is_defined
    from incidence_at('response', $scope, [setting('sla.response_minutes')::integer])

)

select
    slice,
    channel,
    case when is_defined then events end as numerator,
    unit_count as denominator,
    case when is_defined then share end as estimate,
    case when is_defined then low end as low,
    case when is_defined then high end as high,
    n_old_enough,
    case when is_defined then status else 'not_available' end as status,
    age_days as sla_minutes,
    judge_on
from at_promise
