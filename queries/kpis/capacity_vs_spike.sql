-- title:     Capacity against spikes
-- stage:     operations
-- home:      operations, headline
-- rows:      placed_days where measure is not null
-- headline:  both
-- unit:      ratio
-- of:        staffed minutes
-- first:     all days
-- direction: lower_is_better
-- reads:     How much of the staffed time the leads of a day ask for, on all days, on days of a spike and on the others.
-- needs:     leads.created_at, calls.talk_s, calls.direction, capacity.staffed_min
-- links:     none
-- windows:   calls, capacity
-- withheld:  No call has a known length, so nobody knows how long handling one takes.
-- horizon:   none
-- also:      measure, arrival_count, handling_minutes, response_lead_count, response_p90_minutes, response_p90_low, response_p90_high
-- across:    Inbound waits in a queue, outbound can be put off a day: read each on its own. Staff is shared, so the two loads add up.
-- caveat:    Load is arrivals times the mean call time per arriving lead, over all staffed minutes of the same days.
-- caveat:    The mean over all days hides the peaks, and waiting grows faster than load: read the days of a spike.
-- caveat:    A spike has at least spike_factor times the median arrivals of the staffed days in the 56 days before, and more than 95
--            in 100 of them. Days with fewer than 20 such days before them, or a median of none, are neither.
-- caveat:    Call time per lead is taken as fixed, so the range shows the swing of the days alone. 20 days of a spike are needed.
-- caveat:    Response is the minute by which 90 of 100 leads had one, followed for a week; no value: more than 10 had none.
-- answers:   S0.9
with

-- The days with staff, up to yesterday: the leads of today are not complete.
staffed_days as (

    select
        worked_on,
        sum(staffed_min order by staffed_min) as staffed_minutes
    from snapshot.fact_capacity
    where
        worked_on < $scope['as_of']::date
        and in_days($scope, worked_on)
    group by worked_on
    having sum(staffed_min) > 0

),

chosen_leads as (

    select
        slice,
        channel,
        lead_id,
        created_at,
        created_on,
        potential_days
    from scope_leads($scope)

),

arrivals as (

    select
        slice,
        channel,
        created_on as worked_on,
        count(*) as arrival_count
    from chosen_leads
    group by all

),

groups as (

    select distinct
        slice,
        channel
    from arrivals

),

days as (

    select
        groups.slice,
        groups.channel,
        staffed_days.worked_on,
        staffed_days.staffed_minutes,
        coalesce(arrivals.arrival_count, 0) as arrival_count
    from groups
    cross join staffed_days
    left join arrivals using (slice, channel, worked_on)

),

-- Median and 95th percentile of the eight weeks before: one earlier spike does not move what is usual.
usual_days as (

    select
        *,
        count(*) over eight_weeks as earlier_count,
        median(arrival_count) over eight_weeks as usual_count,
        quantile_cont(arrival_count, .95) over eight_weeks as high_count
    from days
    window
        eight_weeks as (
            partition by slice, channel
            order by worked_on
            range between interval 56 days preceding and interval 1 day preceding
        )

),

judged_days as (

    select
        *,
        case
            when earlier_count < 20 or usual_count = 0 then null
            when arrival_count >= setting('effort.spike_factor') * usual_count and arrival_count > high_count then 'spike days'
            else 'other days'
        end as kind
    from usual_days

),

call_times as (

    select
        slice,
        channel,
        sum(talk_seconds + coalesce(wrap_seconds, 0) order by call_id) / 60 as call_minutes
    from scope_calls($scope)
    inner join staffed_days on started_on = worked_on
    group by slice, channel

),

totals as (

    select
        slice,
        channel,
        sum(arrival_count) as arrival_count
    from days
    group by slice, channel

),

-- Whole period: a day's own calls could never exceed its staff, so they cannot show what the day asked for.
handling as (

    select
        slice,
        channel,
        safe_ratio(call_times.call_minutes, totals.arrival_count) as handling_minutes
    from totals
    left join call_times using (slice, channel)

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
        chosen_leads.slice,
        chosen_leads.channel,
        chosen_leads.created_on as worked_on,
        case when responses.response_minutes <= 10080 then responses.response_minutes end as response_minutes
    from chosen_leads
    left join responses using (lead_id)
    where
        chosen_leads.potential_days >= 7
        and chosen_leads.created_at is not null
        -- A response before the lead was created: nobody knows how long it waited.
        and (responses.lead_id is null or responses.response_minutes is not null)

),

placed_days as (

    select
        *,
        unnest(['all days', kind]) as measure
    from judged_days

),

loads as (

    select
        slice,
        channel,
        measure,
        count(*) as day_count,
        sum(arrival_count)::bigint as arrival_count,
        sum(staffed_minutes order by worked_on) as staffed_minutes,
        sum(arrival_count * arrival_count)::double as arrival_square_sum,
        sum(arrival_count * staffed_minutes order by worked_on) as cross_sum,
        sum(staffed_minutes * staffed_minutes order by worked_on) as staffed_square_sum
    from placed_days
    where measure is not null
    group by slice, channel, measure

),

waits as (

    select
        slice,
        channel,
        placed_days.measure,
        count(*) as response_lead_count,
        list(followed_leads.response_minutes order by followed_leads.response_minutes nulls last) as ordered_minutes
    from followed_leads
    inner join placed_days using (slice, channel, worked_on)
    where placed_days.measure is not null
    group by slice, channel, placed_days.measure

),

-- The 90th percentile and its interval are waits of single leads (Conover 1999); a lead without a response stands last.
ranked as (

    select
        *,
        binomial_rank(response_lead_count, .9, .025) as low_rank,
        binomial_rank(response_lead_count, .1, .025) as rank_from_above
    from waits

),

-- Ratio of two sums over days: linearised relative variance, range on the log scale.
measured as (

    select
        slice,
        channel,
        loads.measure,
        loads.day_count,
        loads.arrival_count,
        handling.handling_minutes,
        handling.handling_minutes * loads.arrival_count as workload,
        loads.staffed_minutes,
        case
            when loads.arrival_count > 0
                then sqrt(
                    safe_ratio(loads.day_count, loads.day_count - 1) * greatest(
                        0,
                        loads.arrival_square_sum / loads.arrival_count::double ** 2
                        - 2 * loads.cross_sum / (loads.arrival_count * loads.staffed_minutes)
                        + loads.staffed_square_sum / loads.staffed_minutes ** 2
                    )
                )
        end as relative_se,
        coalesce(ranked.response_lead_count, 0) as response_lead_count,
        case when ranked.response_lead_count >= 30 then ranked.ordered_minutes end as ordered_minutes,
        ranked.low_rank,
        ranked.rank_from_above,
        case
            when handling.handling_minutes is null then 'not_available'
            when loads.measure = 'spike days' then event_status(loads.day_count, 20)
            else sample_status(loads.day_count)
        end as status
    from loads
    inner join handling using (slice, channel)
    left join ranked using (slice, channel, measure)

),

gated as (

    select
        *,
        status in ('ok', 'provisional') as is_given
    from measured

)

select
    slice,
    channel,
    workload as numerator,
    staffed_minutes as denominator,
    case when is_given then safe_ratio(workload, staffed_minutes) end as estimate,
    case when is_given then safe_ratio(workload, staffed_minutes) * exp(-z_of(95) * relative_se) end as low,
    case when is_given then safe_ratio(workload, staffed_minutes) * exp(z_of(95) * relative_se) end as high,
    day_count as n_old_enough,
    status,
    measure,
    arrival_count,
    handling_minutes,
    response_lead_count,
    case when is_given then ordered_minutes[ceil(.9 * response_lead_count)::bigint] end as response_p90_minutes,
    case when is_given and low_rank > 0 then ordered_minutes[low_rank] end as response_p90_low,
    case when is_given and rank_from_above > 0 then ordered_minutes[response_lead_count + 1 - rank_from_above] end
        as response_p90_high
from gated
