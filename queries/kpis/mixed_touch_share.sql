-- title:     Leads touched by both channels
-- stage:     operations
-- home:      compare, detail
-- rows:      (select touched_leads.*, measures.measure, case
--            when measures.measure = 'both channels' then is_mixed
--            else measures.measure = 'first ' || first_touch || ', last ' || last_touch end as is_counted
--            from touched_leads inner join measures using (slice, channel))
-- headline:  none
-- unit:      ratio
-- of:        leads
-- first:     both channels
-- direction: none
-- reads:     Of 100 leads, how many were touched by both channels, so that their outcome belongs to neither alone.
-- needs:     leads.lead_id, leads.first_touch_channel, calls.direction, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- horizon:   none
-- also:      measure
-- apart:     Whether a lead is mixed is told from its channel.
-- across:    Above 15 of 100, read every comparison of the channels again with the first and with the last touch.
-- caveat:    Older leads had more time to be touched twice: compare leads of the same months.
-- caveat:    No lead changes its channel here. Moving a lead to its last touch moves wins to whoever called last.
-- caveat:    A call without a direction and a first touch in other words than inbound or outbound count for neither side.
-- answers:   S1.90
with

touched_leads as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        touches.first_touch,
        touches.last_touch,
        touches.is_mixed
    from scope_leads($scope) as leads
    inner join touches_of_leads($scope['as_of']::date) as touches using (lead_id)

),

totals as (

    select
        slice,
        channel,
        count(*) as lead_count,
        count(*) filter (where is_mixed) as mixed_count
    from touched_leads
    group by slice, channel

),

-- The matrix first x last touch, a line a cell: the cells of a channel add up to all its leads.
measures as (

    select
        slice,
        channel,
        'both channels' as measure,
        mixed_count as part,
        lead_count
    from totals
    union all
    select
        slice,
        channel,
        'first ' || touched_leads.first_touch || ', last ' || touched_leads.last_touch as measure,
        count(*) as part,
        any_value(totals.lead_count) as lead_count
    from touched_leads
    inner join totals using (slice, channel)
    group by all

)

select
    slice,
    channel,
    part as numerator,
    lead_count as denominator,
    case when lead_count >= 10 then safe_ratio(part, lead_count) end as estimate,
    case when lead_count >= 10 then wilson_low(part, lead_count, z_of(95)) end as low,
    case when lead_count >= 10 then wilson_high(part, lead_count, z_of(95)) end as high,
    lead_count as n_old_enough,
    sample_status(lead_count) as status,
    measure
from measures
