-- title:     Inquiry to sales-ready
-- stage:     qualification
-- home:      qualification, detail
-- rows:      journey_units('sales_ready', $scope, $horizon)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 names, how many are sales-ready in time: sales-qualified, met, or accepted by sales.
-- needs:     leads.created_at, leads.sql_at, meetings.held_at, handoffs.accepted_at
-- links:     meetings.lead, handoffs.lead
-- windows:   meetings, handoffs
-- horizon:   inbound 30, outbound 90
-- also:      horizon_days, judge_on, ended_share, open_share, valid_count, called_count, conversation_count, sales_ready_count
-- across:    A bought list is set against raised hands: read both at equal age and beside what each name cost.
-- caveat:    The denominator is every name that stands: refused and doubled rows are listed by the load, not hidden in the rate.
-- caveat:    Valid, called, spoken to and sales-ready are counts so far and fall with the leads' age; the rate does not.
-- counter:   sales_acceptance_rate
-- answers:   S0.1
with

-- A lead closed before it is ready competes; leads younger than the horizon are censored.
at_horizon as (

    select *
    from incidence_at('sales_ready', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- The funnel behind the rate: how many names got how far, each step among all names.
funnel as (

    select
        slice,
        channel,
        count(*) as valid_count,
        count(*) filter (where first_call_on is not null) as called_count,
        count(*) filter (where conversation_on is not null) as conversation_count,
        count(*) filter (where least(qualified_on, meeting_on, accepted_on) is not null) as sales_ready_count
    from scope_leads($scope)
    group by slice, channel

)

select
    slice,
    channel,
    at_horizon.events as numerator,
    at_horizon.unit_count as denominator,
    at_horizon.share as estimate,
    at_horizon.low,
    at_horizon.high,
    at_horizon.n_old_enough,
    at_horizon.status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    at_horizon.ended_share,
    at_horizon.open_share,
    funnel.valid_count,
    funnel.called_count,
    funnel.conversation_count,
    funnel.sales_ready_count
from at_horizon
left join funnel using (slice, channel)
