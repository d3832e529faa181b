-- title:     Stage of entry
-- stage:     qualification
-- headline:  none
-- unit:      ratio
-- direction: none
-- reads:     Of 100 leads, how far along they are on the day they enter: a name, a stated need, marketing- or sales-qualified, a deal.
-- needs:     leads.created_at, leads.entry_need, leads.mql_at, leads.sql_at
-- horizon:   none
-- also:      measure, stage_order
-- across:    The channels start from different lines: an inbound caller comes with a need, outbound has yet to find one. Read it
--   before any speed is compared.
-- caveat:    The furthest stage that is dated on the day of creation or before. Leads made only when they are qualified enter
--   late by bookkeeping, not by awareness.
-- caveat:    A need is stated where the form or the caller gave one; placeholders that a form puts in by itself do not count.
-- answers:   S1.13
with

leads as (

    select
        slice,
        channel,
        case
            when opportunity_on <= created_on then 5
            when qualified_on <= created_on then 4
            when mql_on <= created_on then 3
            when stated(entry_need) is not null then 2
            else 1
        end as stage_order
    from scope_leads($scope)

),

stages (stage_order, measure) as (

    values
    (1, 'a name only'),
    (2, 'a stated need'),
    (3, 'marketing-qualified'),
    (4, 'sales-qualified'),
    (5, 'an opportunity')

),

totals as (

    select
        slice,
        channel,
        count(*) as lead_count,
        sample_status(count(*)) as status
    from leads
    group by slice, channel

),

-- A stage at which nobody enters is 0 of all, and said.
counted as (

    select
        totals.slice,
        totals.channel,
        any_value(totals.lead_count) as lead_count,
        any_value(totals.status) as status,
        stages.measure,
        stages.stage_order,
        count(leads.stage_order) as entered_count
    from totals
    cross join stages
    left join leads using (slice, channel, stage_order)
    group by totals.slice, totals.channel, stages.measure, stages.stage_order

)

select
    slice,
    channel,
    entered_count as numerator,
    lead_count as denominator,
    case when status <> 'too_few' then safe_ratio(entered_count, lead_count) end as estimate,
    case when status <> 'too_few' then wilson_low(entered_count, lead_count, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(entered_count, lead_count, z_of(95)) end as high,
    lead_count as n_old_enough,
    status,
    measure,
    stage_order
from counted
