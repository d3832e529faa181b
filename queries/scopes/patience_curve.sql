-- How long callers bear to wait: Kaplan-Meier of the wait until they hang up, for each slice and channel, at every wait at which
-- something ends (Brown et al. 2005, JASA 100, 36-50). An answer or a voicemail ends the wait of a caller who might have borne more:
-- censored; hang-ups come before answers of the same second. still_count callers wait on after it. Calls of one caller go together
-- (clusters by lead): share_se is that between callers, never less than Greenwood's of unrelated calls; caller_variance is the former
-- squared, null where no caller called twice; few_degrees the degrees of freedom for Student's t below 30 callers.
create or replace macro patience_curve(scope) as table
with
waits as (
    select
        slice,
        channel,
        call_id,
        cluster_id,
        wait_seconds,
        ending = 'hung_up' as is_hang_up
    from scope_incoming_calls(scope)
    where ending is not null and wait_seconds is not null
),
callers as (
    select
        slice,
        channel,
        count(*) as caller_count,
        sum(call_count)::bigint as call_count,
        sum(call_count * call_count)::double as call_squares
    from (select slice, channel, cluster_id, count(*) as call_count from waits group by all) as each_caller
    group by slice, channel
),
by_wait as (
    select
        slice,
        channel,
        wait_seconds,
        count(*)::double as gone,
        count(*) filter (where is_hang_up)::double as hang_ups
    from waits
    group by slice, channel, wait_seconds
),
at_risk as (
    select
        *,
        sum(gone) over (
            partition by slice, channel order by wait_seconds rows between current row and unbounded following
        ) as risk_count
    from by_wait
),
survival as (
    select
        *,
        product(1 - hang_ups / risk_count) over to_here as patient_share,
        sum(hang_ups) over to_here as hang_ups_so_far,
        sum(
            case when risk_count > hang_ups then hang_ups / (risk_count * (risk_count - hang_ups)) else 0 end
        ) over to_here as hazards_so_far
    from at_risk
    window to_here as (partition by slice, channel order by wait_seconds rows between unbounded preceding and current row)
),
hazards as (
    select
        *,
        coalesce(lag(hazards_so_far) over (partition by slice, channel order by wait_seconds), 0) as hazards_before
    from survival
),
-- What a call contributes to the logarithm of the share still patient (infinitesimal jackknife, statistics.md 5.9): the hazards
-- so far while it waits, a constant once it is gone. So a caller contributes base + waiting * hazards, two running numbers.
states as (
    select
        waits.slice,
        waits.channel,
        waits.cluster_id,
        waits.wait_seconds,
        row_number() over by_call as step,
        count(*) over (partition by waits.slice, waits.channel, waits.cluster_id) - row_number() over by_call as waiting,
        sum(
            case when waits.is_hang_up then hazards.hazards_before - 1 / hazards.risk_count else hazards.hazards_so_far end
        ) over by_call as base
    from waits
    inner join hazards
        on waits.slice = hazards.slice and waits.channel = hazards.channel and waits.wait_seconds = hazards.wait_seconds
    window by_call as (
        partition by waits.slice, waits.channel, waits.cluster_id
        order by waits.wait_seconds, waits.call_id rows between unbounded preceding and current row
    )
),
moves as (
    select
        *,
        waiting + 1 as waiting_before,
        coalesce(lag(base) over (partition by slice, channel, cluster_id order by step), 0) as base_before
    from states
),
moved as (
    select
        slice,
        channel,
        wait_seconds,
        sum(waiting ** 2 - waiting_before ** 2 order by cluster_id, step) as waiting_waiting,
        sum(waiting * base - waiting_before * base_before order by cluster_id, step) as waiting_base,
        sum(base ** 2 - base_before ** 2 order by cluster_id, step) as base_base
    from moves
    group by slice, channel, wait_seconds
),
sums as (
    select
        slice,
        channel,
        wait_seconds,
        sum(waiting_waiting) over to_here as waiting_waiting,
        sum(waiting_base) over to_here as waiting_base,
        sum(base_base) over to_here as base_base
    from moved
    window to_here as (partition by slice, channel order by wait_seconds rows between unbounded preceding and current row)
),
spread as (
    select
        hazards.*,
        1 - hazards.patient_share as share,
        callers.caller_count,
        callers.caller_count < callers.call_count as is_clustered,
        greatest(
            0,
            sums.base_base
            + 2 * hazards.hazards_so_far * sums.waiting_base
            + hazards.hazards_so_far ** 2 * (callers.call_squares + sums.waiting_waiting)
        ) * callers.caller_count / nullif(callers.caller_count - 1, 0) as caller_hazards
    from hazards
    inner join sums
        on hazards.slice = sums.slice and hazards.channel = sums.channel and hazards.wait_seconds = sums.wait_seconds
    inner join callers on hazards.slice = callers.slice and hazards.channel = callers.channel
)
select
    slice,
    channel,
    wait_seconds,
    gone::bigint as gone_count,
    hang_ups::bigint as hang_up_count,
    hang_ups_so_far::bigint as hang_ups_so_far,
    (risk_count - hang_ups)::bigint as still_count,
    share,
    patient_share * sqrt(case when is_clustered then greatest(hazards_so_far, coalesce(caller_hazards, 0)) else hazards_so_far end)
        as share_se,
    caller_count,
    case when is_clustered and caller_count < 30 then caller_count - 1 end as few_degrees,
    case when is_clustered then patient_share ** 2 * caller_hazards end as caller_variance,
    is_clustered
from spread;
