-- title:     Leads touched by both channels
-- stage:     operations
-- headline:  none
-- unit:      ratio
-- direction: none
-- reads:     Of 100 leads, how many were touched by both channels, so that their outcome belongs to neither alone.
-- needs:     leads.created_at, leads.first_touch_channel, calls.direction
-- horizon:   none
-- also:      measure
-- across:    Above 15 of 100, read every comparison of the channels again with the first and with the last touch.
-- caveat:    Older leads had more time to be touched twice: compare leads of the same months.
-- caveat:    No lead changes its channel here. Moving a lead to its last touch moves wins to whoever called last.
-- caveat:    A call without a direction and a first touch in other words than inbound or outbound count for neither side.
-- answers:   S1.90
with

chosen_leads as (

    select
        slice,
        channel,
        lead_id,
        case when fold(first_touch_channel) in ('inbound', 'outbound') then fold(first_touch_channel) end as first_touch
    from scope_leads($scope)

),

-- Of two calls at the same moment the one with the smaller id is the earlier: the order is fixed, not chance.
directions as (

    select
        lead_id,
        count(distinct direction) as direction_count,
        arg_min(direction, (started_on, started_at, call_id)) as first_direction,
        arg_max(direction, (started_on, started_at, call_id)) as last_direction
    from (
        select lead_id, fold(direction) as direction, started_on, started_at, call_id
        from snapshot.fact_calls
        where started_on <= $scope['as_of']::date
    ) as calls
    where direction in ('inbound', 'outbound')
    group by lead_id

),

touched_leads as (

    select
        chosen_leads.slice,
        chosen_leads.channel,
        coalesce(chosen_leads.first_touch, directions.first_direction, 'unknown') as first_touch,
        coalesce(directions.last_direction, chosen_leads.first_touch, 'unknown') as last_touch,
        coalesce(directions.direction_count, 0) > 1
        or coalesce(chosen_leads.channel in ('inbound', 'outbound') and chosen_leads.first_touch <> chosen_leads.channel, false)
            as is_mixed
    from chosen_leads
    left join directions using (lead_id)

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
