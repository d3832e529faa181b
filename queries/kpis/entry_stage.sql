-- title:     Stage of entry
-- stage:     qualification
-- home:      inbound, detail
-- rows:      (select leads.*, stages.measure, leads.stage_order = stages.stage_order as is_counted from leads cross join stages)
-- headline:  none
-- unit:      ratio
-- of:        leads
-- first:     a stated need
-- direction: none
-- reads:     Of 100 leads, how far along they are on the day they enter: a name, a stated need, marketing- or sales-qualified, a deal.
-- needs:     leads.created_at, leads.entry_need, leads.mql_at, leads.sql_at
-- links:     none
-- windows:   none
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
        lead_id,
        case
            when opportunity_on <= created_on then 5
            when qualified_on <= created_on then 4
            when mql_on <= created_on then 3
            when stated(entry_need) is not null then 2
            else 1
        end as stage_order
    from scope_lead_records($scope)

),

stages as (

    select
        unnest([
            {'stage_order': 1, 'measure': 'a name only'},
            {'stage_order': 2, 'measure': 'a stated need'},
            {'stage_order': 3, 'measure': 'marketing-qualified'},
            {'stage_order': 4, 'measure': 'sales-qualified'},
            {'stage_order': 5, 'measure': 'an opportunity'}
        ], recursive := true)

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
