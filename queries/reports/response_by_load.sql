-- title:     Slow response by load of the day
-- stage:     operations
-- home:      operations, report
-- rows:      (select slice, channel, lead_id, worked_on, response_minutes, measure, true as is_counted from followed_leads)
-- headline:  inbound
-- unit:      minutes
-- of:        leads
-- direction: lower_is_better
-- reads:     The minutes by which 90 of 100 leads had a response, on the calmest tenth of days up to the busiest.
-- needs:     leads.created_at, calls.started_at, calls.direction, capacity.staffed_min, calls.lead_id
-- links:     calls.lead
-- windows:   calls, capacity
-- horizon:   none
-- also:      measure, tenth, day_count, load_low, load_high
-- across:    Inbound waits in a queue, outbound can be put off a day: outbound has no waiting time to compare.
-- caveat:    Load is the arrivals of a day over its staffed hours. Days without staff or without an arrival are in no tenth.
-- caveat:    Response is that of capacity_vs_spike, followed for a week; not known: more than 10 of 100 leads had none.
-- answers:   S0.9
with

-- The days with staff, up to yesterday: the leads of today are not complete.
staffed_days as (

    select
        worked_on,
        sum(staffed_min order by staffed_min) / 60 as staffed_hours
    from snapshot.fact_capacity
    where worked_on < $scope['as_of']::date
    group by worked_on
    having sum(staffed_min) > 0

),

chosen_leads as (

    select
        slice,
        channel,
        lead_id,
        created_at,
        created_on as worked_on,
        potential_days
    from scope_leads($scope)

),

loads as (

    select
        chosen_leads.slice,
        chosen_leads.channel,
        worked_on,
        count(*) / max(staffed_days.staffed_hours) as load
    from chosen_leads
    inner join staffed_days using (worked_on)
    group by chosen_leads.slice, chosen_leads.channel, worked_on

),

tenths as (

    select
        *,
        ntile(10) over (partition by slice, channel order by load, worked_on) as tenth
    from loads

),

-- First human response, as in journey_response: an outbound dial, or a call of the lead's own that was answered.
responses as (

    select
        chosen_leads.lead_id,
        elapsed_seconds(
            chosen_leads.created_at, min(responded_at(calls.direction, calls.started_at, calls.answered_at))
        ) / 60 as response_minutes
    from chosen_leads
    inner join snapshot.fact_calls as calls using (lead_id)
    where
        calls.started_on <= $scope['as_of']::date
        and (calls.direction = 'outbound' or calls.answered_at is not null or calls.is_conversation)
    group by chosen_leads.lead_id, chosen_leads.created_at

),

followed_leads as (

    select
        tenths.slice,
        tenths.channel,
        chosen_leads.lead_id,
        worked_on,
        tenths.tenth,
        'tenth ' || lpad(tenths.tenth::varchar, 2, '0') as measure,
        case when responses.response_minutes <= 10080 then responses.response_minutes end as response_minutes
    from tenths
    inner join chosen_leads using (slice, channel, worked_on)
    left join responses using (lead_id)
    where
        chosen_leads.potential_days >= 7
        and chosen_leads.created_at is not null
        -- A response before the lead was created: nobody knows how long it waited.
        and (responses.lead_id is null or responses.response_minutes is not null)

),

days as (

    select
        slice,
        channel,
        tenth,
        count(*) as day_count,
        min(load) as load_low,
        max(load) as load_high
    from tenths
    group by slice, channel, tenth

),

-- The 90th percentile and its interval are waits of single leads (Conover 1999); a lead without a response stands last.
waits as (

    select
        slice,
        channel,
        tenth,
        measure,
        count(*) as lead_count,
        list(response_minutes order by response_minutes nulls last) as ordered_minutes
    from followed_leads
    group by slice, channel, tenth, measure

),

ranked as (

    select
        *,
        case when lead_count >= 30 then 'ok' else 'too_few' end as status,
        binomial_rank(lead_count, .9, .025) as low_rank,
        binomial_rank(lead_count, .1, .025) as rank_from_above
    from waits

)

select
    slice,
    channel,
    lead_count as numerator,
    lead_count as denominator,
    case when status = 'ok' then ordered_minutes[ceil(.9 * lead_count)::bigint] end as estimate,
    case when status = 'ok' and low_rank > 0 then ordered_minutes[low_rank] end as low,
    case when status = 'ok' and rank_from_above > 0 then ordered_minutes[lead_count + 1 - rank_from_above] end as high,
    lead_count as n_old_enough,
    status,
    measure,
    tenth,
    day_count,
    load_low,
    load_high
from ranked
inner join days using (slice, channel, tenth)
