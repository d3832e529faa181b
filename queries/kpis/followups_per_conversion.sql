-- title:     Follow-ups per conversion
-- stage:     opportunity
-- home:      outbound, beside
-- rows:      leads where is_old_enough
-- headline:  outbound
-- unit:      per_unit
-- of:        first meetings
-- per:       calls each
-- direction: none
-- reads:     How many calls of ours one first meeting takes, the calls to leads that never meet us counted too.
-- needs:     leads.created_at, calls.started_at, meetings.held_at, calls.lead_id
-- links:     calls.lead, meetings.lead
-- windows:   calls, meetings
-- horizon:   inbound 30, outbound 90
-- also:      horizon_days, calls_of_converted, by_1_call, by_3_calls, by_6_calls, by_12_calls
-- across:    More follow-ups are the nature of outbound: this says what a meeting costs, not how good a lead is.
-- caveat:    What counts as converted is a first held meeting by that age; a touch is a call we make (or one without direction).
-- caveat:    calls_of_converted is the usual average over those who met us. It leaves out the effort on all others.
-- caveat:    by_3_calls is the share of leads that have met us by their third call; leads closed before compete, and leads that
--   were called less often are open, not failed.
-- caveat:    The interval is on the log scale, with the accounts as clusters (linearised variance), not a bootstrap.
-- answers:   S1.44
with

cohort as (

    select
        slice,
        channel,
        lead_id,
        lead,
        account_id,
        coalesce(account, -lead) as cluster_id,
        horizon_of($horizon, channel) as horizon_days,
        potential_days >= horizon_of($horizon, channel) as is_old_enough,
        created_on + horizon_of($horizon, channel) as judged_on,
        case when meeting_on <= created_on + horizon_of($horizon, channel) then meeting_on end as meeting_on,
        case when least(won_on, lost_on) <= created_on + horizon_of($horizon, channel) then least(won_on, lost_on) end as closed_on
    from scope_leads($scope)

),

-- Calls of the day on which a lead met us come before the meeting, as events of a day come before its censorings.
touches as (

    select
        cohort.lead,
        count(*) as touch_count,
        count(*) filter (
            where calls.started_on <= coalesce(least(cohort.meeting_on, cohort.closed_on), cohort.judged_on)
        ) as touches_to_end
    from cohort
    inner join snapshot.fact_calls as calls using (lead)
    where calls.direction is distinct from 'inbound' and calls.started_on <= cohort.judged_on
    group by cohort.lead

),

leads as (

    select
        cohort.*,
        coalesce(touches.touch_count, 0) as touch_count,
        coalesce(touches.touches_to_end, 0) as touches_to_end,
        case
            when cohort.meeting_on <= coalesce(cohort.closed_on, cohort.meeting_on) then 'reached'
            when cohort.closed_on is not null then 'ended'
            else 'open'
        end as ending
    from cohort
    left join touches using (lead)

),

-- Only leads that have reached the age: of the younger ones neither calls nor meetings are complete.
by_account as (

    select
        slice,
        channel,
        cluster_id,
        any_value(horizon_days) as horizon_days,
        count(*) as lead_count,
        count(*) filter (where is_old_enough) as n_old_enough,
        coalesce(sum(touch_count) filter (where is_old_enough), 0) as touch_count,
        count(meeting_on) filter (where is_old_enough) as conversion_count,
        coalesce(sum(touches_to_end) filter (where is_old_enough and meeting_on is not null), 0) as touches_of_converted
    from leads
    group by slice, channel, cluster_id

),

totals as (

    select
        slice,
        channel,
        any_value(horizon_days) as horizon_days,
        sum(lead_count)::bigint as lead_count,
        sum(n_old_enough)::bigint as n_old_enough,
        sum(touch_count)::bigint as touch_count,
        sum(conversion_count)::bigint as conversion_count,
        sum(touches_of_converted)::bigint as touches_of_converted,
        count(*) filter (where n_old_enough > 0) as account_count,
        sum(touch_count * touch_count) as touch_squares,
        sum(touch_count * conversion_count) as cross_products,
        sum(conversion_count * conversion_count) as conversion_squares
    from by_account
    group by slice, channel

),

by_touch as (

    select
        slice,
        channel,
        touches_to_end,
        count(*)::double as gone,
        count(*) filter (where ending = 'reached')::double as reached,
        count(*) filter (where ending <> 'open')::double as resolved
    from leads
    where is_old_enough
    group by slice, channel, touches_to_end

),

at_risk as (

    select
        *,
        sum(gone) over (
            partition by slice, channel order by touches_to_end rows between current row and unbounded following
        ) as risk_count
    from by_touch

),

-- Aalen-Johansen on the scale of calls: a lead that is closed can no longer meet us, one called twice says nothing of a third.
increments as (

    select
        *,
        reached / risk_count * coalesce(
            product(1 - resolved / risk_count) over (
                partition by slice, channel order by touches_to_end rows between unbounded preceding and 1 preceding
            ),
            1.0
        ) as increment
    from at_risk

),

by_calls as (

    select
        slice,
        channel,
        coalesce(sum(increment order by touches_to_end) filter (where touches_to_end <= 1), 0) as by_1_call,
        coalesce(sum(increment order by touches_to_end) filter (where touches_to_end <= 3), 0) as by_3_calls,
        coalesce(sum(increment order by touches_to_end) filter (where touches_to_end <= 6), 0) as by_6_calls,
        coalesce(sum(increment order by touches_to_end) filter (where touches_to_end <= 12), 0) as by_12_calls
    from increments
    group by slice, channel

),

-- Delta method for ln(calls / conversions), multiplied out so that only whole numbers are summed. Ten conversions are needed.
gated as (

    select
        totals.*,
        by_calls.* exclude (slice, channel),
        safe_ratio(totals.touch_count, totals.conversion_count) as ratio,
        sqrt(
            greatest(
                0,
                safe_ratio(totals.touch_squares, totals.touch_count ** 2)
                - 2 * safe_ratio(totals.cross_products, totals.touch_count * totals.conversion_count)
                + safe_ratio(totals.conversion_squares, totals.conversion_count ** 2)
            )
            * safe_ratio(totals.account_count, totals.account_count - 1)
        ) as log_se,
        case
            when
                maturity_status(totals.n_old_enough, totals.lead_count) in ('ok', 'provisional')
                and (totals.conversion_count < 10 or totals.touch_count = 0)
                then 'too_few'
            else maturity_status(totals.n_old_enough, totals.lead_count)
        end as status
    from totals
    left join by_calls using (slice, channel)

),

shown as (

    select
        *,
        status in ('ok', 'provisional') as is_shown
    from gated

)

select
    slice,
    channel,
    touch_count as numerator,
    conversion_count as denominator,
    case when is_shown then ratio end as estimate,
    case when is_shown then ratio * exp(-z_of(95) * log_se) end as low,
    case when is_shown then ratio * exp(z_of(95) * log_se) end as high,
    n_old_enough,
    status,
    horizon_days,
    case when is_shown then safe_ratio(touches_of_converted, conversion_count) end as calls_of_converted,
    case when is_shown then by_1_call end as by_1_call,
    case when is_shown then by_3_calls end as by_3_calls,
    case when is_shown then by_6_calls end as by_6_calls,
    case when is_shown then by_12_calls end as by_12_calls
from shown
