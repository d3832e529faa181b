-- title:     Incoming calls abandoned
-- stage:     reach
-- home:      operations, detail
-- rows:      (select slice, channel, call_id, lead_id, ending, wait_seconds, measure, is_hang_up as is_counted from lines)
-- counter:   inbound_answer_rate
-- headline:  both
-- unit:      ratio
-- of:        incoming calls
-- first:     abandoned
-- direction: lower_is_better
-- reads:     Of 100 calls that come in, how many hang up before anybody answers; and how many would within 20, 60 and 120 seconds if
--   nobody answered sooner.
-- needs:     calls.started_at, calls.direction, calls.outcome_code
-- links:     none
-- windows:   none
-- withheld:  The file holds answered calls only or lost ones only, or it does not say how most calls ended, or how long callers waited,
--   of those who hung up and of the others alike.
-- horizon:   none
-- also:      measure, within_seconds, waiting_count, patience_seconds, patience_low, patience_high, caller_count, voicemail_count,
--   unknown_count, unknown_wait_count
-- across:    Callers of both channels wait in one queue, so the shares may be compared. Under outbound stand the calls of prospects
--   who ring back.
-- caveat:    Abandoned is a call that nobody answered and that did not go to a voicemail. Where the outcome codes do not tell a
--   voicemail from a hang-up, all lost calls are taken for abandoned; an engaged line is among them too.
-- caveat:    Within 20 seconds is the patience of callers (Kaplan-Meier): an answer or a voicemail ends the wait of one who might
--   have waited longer and is no hang-up. It differs from the plain share, which a faster answer lowers without more patience.
-- caveat:    It takes for granted that those answered would have been as patient as those who still waited.
-- caveat:    A wait is the time in the queue, else that from the start of the call to its answer, or to its end where nobody answered.
--   Calls without one are left out of the patience and counted. The patience is withheld where the waits of hang-ups
--   are known less or more often, by a tenth, than those of other calls.
-- caveat:    A share within some seconds is shown while 10 callers still waited then, and judged from 30 on. patience_seconds is the
--   wait after which half have hung up; it needs 10 hang-ups, and none is given where half is not reached.
-- caveat:    Calls of one lead resemble each other: the limits rest on leads, not on calls.
-- answers:   S0.23, S1.69
with

incoming as (

    select
        *,
        ending is not null and wait_seconds is not null as is_timed
    from scope_incoming_calls($scope)

),

-- Each call in every line that it may stand in; one whose wait is not known stands in none of patience.
lines as (

    select
        *,
        null::integer as within_seconds,
        'abandoned' as measure,
        ending = 'hung_up' as is_hang_up,
        false as is_waiting
    from incoming
    where ending is not null
    union all
    select
        incoming.*,
        wanted.within_seconds,
        'within_' || wanted.within_seconds || '_seconds' as measure,
        incoming.ending = 'hung_up' and incoming.wait_seconds <= wanted.within_seconds as is_hang_up,
        incoming.wait_seconds > wanted.within_seconds
        or (incoming.wait_seconds = wanted.within_seconds and incoming.ending <> 'hung_up') as is_waiting
    from incoming
    cross join (select unnest([20, 60, 120]) as within_seconds) as wanted
    where incoming.is_timed

),

by_caller as (

    select
        slice,
        channel,
        cluster_id,
        bool_and(is_told) as is_told,
        count(ending) as call_count,
        count(*) filter (where ending = 'hung_up') as hang_up_count,
        count(*) filter (where ending = 'voicemail') as voicemail_count,
        count(*) filter (where ending is null) as unknown_count,
        count(*) filter (where is_timed and ending = 'hung_up') as timed_hang_up_count,
        count(*) filter (where is_timed and ending <> 'hung_up') as timed_other_count
    from incoming
    group by slice, channel, cluster_id

),

totals as (

    select
        slice,
        channel,
        bool_and(is_told) as is_told,
        count(*) filter (where call_count > 0) as caller_count,
        sum(call_count)::bigint as call_count,
        sum(hang_up_count)::bigint as hang_up_count,
        sum(voicemail_count)::bigint as voicemail_count,
        sum(unknown_count)::bigint as unknown_count,
        sum(timed_hang_up_count)::bigint as timed_hang_up_count,
        sum(timed_hang_up_count + timed_other_count)::bigint as timed_count,
        safe_ratio(sum(timed_hang_up_count), sum(hang_up_count)) as timed_hang_up_share,
        safe_ratio(sum(timed_other_count), sum(call_count - hang_up_count)) as timed_other_share,
        safe_ratio(sum(hang_up_count), sum(call_count)) as share,
        sum(hang_up_count * hang_up_count)::bigint as hang_up_squares,
        sum(hang_up_count * call_count)::bigint as products,
        sum(call_count * call_count)::bigint as call_squares
    from by_caller
    group by slice, channel

),

-- Where the waits of hang-ups are known less often than those of answered calls (or more often), the curve shows no patience.
judged as (

    select
        *,
        is_told and unknown_count <= call_count as is_given,
        is_told
        and unknown_count <= call_count
        and timed_count > 0
        and least(timed_hang_up_share, timed_other_share) >= .9 * greatest(timed_hang_up_share, timed_other_share) as is_timed,
        clustered_share_n(share, hang_up_squares, products, call_squares, call_count, caller_count) as worth
    from totals

),

curve as (

    select *
    from patience_curve($scope)

),

asked as (

    select
        judged.slice,
        judged.channel,
        wanted.within_seconds
    from judged
    cross join (select unnest([20, 60, 120]) as within_seconds) as wanted

),

waiting as (

    select
        slice,
        channel,
        within_seconds,
        count(*) filter (where lines.is_waiting) as still_count
    from asked
    left join lines using (slice, channel, within_seconds)
    group by slice, channel, within_seconds

),

-- The curve as it is, for the wait that half do not bear, and read at the waits asked for.
points as (

    select
        slice,
        channel,
        wait_seconds,
        null as within_seconds,
        still_count,
        hang_ups_so_far,
        share,
        share_se,
        caller_count,
        few_degrees,
        caller_variance,
        is_clustered
    from curve
    union all
    select
        waiting.slice,
        waiting.channel,
        waiting.within_seconds as wait_seconds,
        waiting.within_seconds,
        waiting.still_count,
        coalesce(curve.hang_ups_so_far, 0) as hang_ups_so_far,
        coalesce(curve.share, 0) as share,
        coalesce(curve.share_se, 0) as share_se,
        curve.caller_count,
        curve.few_degrees,
        curve.caller_variance,
        coalesce(curve.is_clustered, false) as is_clustered
    from waiting
    asof left join curve
        on
            waiting.slice = curve.slice
            and waiting.channel = curve.channel
            and waiting.within_seconds >= curve.wait_seconds

),

-- Wilson's limits stand on the calls of which it is known whether they had hung up by then.
sized as (

    select
        *,
        coalesce(t_of(95, few_degrees), z_of(95)) as z,
        hang_ups_so_far + still_count as followed_count,
        case
            when is_clustered
                then
                    least(
                        followed_count,
                        coalesce(clustered_n(share, caller_variance, followed_count, least(caller_count, followed_count)), 1)
                    )
            else followed_count
        end as worth
    from points

),

limited as (

    select
        *,
        incidence_low(share, share_se, hang_ups_so_far, worth, z) as low,
        incidence_high(share, share_se, hang_ups_so_far, worth, z) as high,
        case
            when few_degrees + 1 < minimum('accounts of a clustered variance') then 'too_few'
            when still_count = 0 and share = 1 then sample_status(followed_count)
            else sample_status(still_count)
        end as status
    from sized

),

-- A quantile needs ten events behind it; its limits are where the band crosses one half, as far as ten callers wait.
patience as (

    select
        slice,
        channel,
        quantile_age(wait_seconds, share, .5) as patience_seconds,
        quantile_age(wait_seconds, high, .5) as patience_low,
        quantile_age(wait_seconds, low, .5) as patience_high
    from limited
    where within_seconds is null and status <> 'too_few'
    group by slice, channel
    having max(hang_ups_so_far) >= minimum('events')

),

shares as (

    select
        slice,
        channel,
        'abandoned' as measure,
        null as within_seconds,
        hang_up_count as numerator,
        call_count as denominator,
        share,
        wilson_low(share * worth, worth, z_of(95)) as low,
        wilson_high(share * worth, worth, z_of(95)) as high,
        call_count as n_old_enough,
        case when is_given then sample_status(call_count) else 'not_available' end as status,
        null as waiting_count
    from judged
    union all
    select
        limited.slice,
        limited.channel,
        'within_' || limited.within_seconds || '_seconds' as measure,
        limited.within_seconds,
        limited.hang_ups_so_far as numerator,
        judged.timed_count as denominator,
        limited.share,
        limited.low,
        limited.high,
        limited.followed_count as n_old_enough,
        case when judged.is_timed then limited.status else 'not_available' end as status,
        limited.still_count as waiting_count
    from limited
    inner join judged on limited.slice = judged.slice and limited.channel = judged.channel
    where limited.within_seconds is not null

)

select
    slice,
    channel,
    shares.numerator,
    shares.denominator,
    case when shares.status in ('ok', 'provisional') then shares.share end as estimate,
    case when shares.status in ('ok', 'provisional') then shares.low end as low,
    case when shares.status in ('ok', 'provisional') then shares.high end as high,
    shares.n_old_enough,
    shares.status,
    shares.measure,
    shares.within_seconds,
    shares.waiting_count,
    case when judged.is_timed then patience.patience_seconds end as patience_seconds,
    case when judged.is_timed then patience.patience_low end as patience_low,
    case when judged.is_timed then patience.patience_high end as patience_high,
    judged.caller_count,
    judged.voicemail_count,
    judged.unknown_count,
    judged.call_count - judged.timed_count as unknown_wait_count
from shares
inner join judged using (slice, channel)
left join patience using (slice, channel)
