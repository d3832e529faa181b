-- title:     Callback kept
-- stage:     reach
-- home:      operations, headline
-- rows:      (select * exclude (line), line['measure'] as measure, line['holds'] as is_counted from lines)
-- headline:  both
-- unit:      ratio
-- of:        promised callbacks
-- first:     kept_on_time
-- direction: higher_is_better
-- reads:     Of 100 promised callbacks, how many are dialled on time, and how many of them find the person.
-- needs:     calls.started_at, calls.callback_due_at, calls.callback_of, calls.outcome_code
-- links:     calls.callback
-- windows:   calls
-- horizon:   none
-- also:      measure, tolerance_minutes, late_count, without_due_time_count, rep_count
-- across:    A promise is a promise in both channels: they may be compared.
-- caveat:    On time means within the agreed minutes before or after the time first promised: a callback that was put off and
--   then made is late. A call by the customer keeps no promise.
-- caveat:    A callback that was asked for without a time cannot be kept or broken: it is counted beside the rate.
-- caveat:    Times are compared in the reporting zone; a promise noted in the customer's own time without a zone looks late.
-- caveat:    Promises of one rep resemble each other: the limits rest on reps (linearised variance by rep); with few reps they
--   are rough.
-- answers:   S0.6, S0.18
with

-- Counted on the day the callback is due, not on the day of the call that promised it.
noted_calls as (

    select
        slice_of($scope, or_blank(leads.source), or_blank(leads.segment), or_blank(leads.region))
            as slice,
        coalesce(leads.channel, unknown_channel()) as channel,
        calls.call_id,
        coalesce(calls.rep_id, 'call ' || calls.call_id) as rep_id,
        calls.callback_due_at,
        calls.disposition,
        coalesce(calls.callback_due_at::date, calls.started_on) as counted_on
    from snapshot.fact_calls as calls
    left join snapshot.fact_leads as leads on calls.lead_id = leads.lead_id and leads.created_on <= $scope['as_of']::date
    where
        calls.started_on <= $scope['as_of']::date
        and in_scope(
            $scope,
            coalesce(leads.channel, unknown_channel()),
            or_blank(leads.source),
            or_blank(leads.segment),
            or_blank(leads.region)
        )

),

chosen_calls as (

    select *
    from noted_calls
    where
        in_days($scope, counted_on)

),

-- A promise whose tolerance has not run out by the end of as_of may still be kept: it is left out.
promises as (

    select
        *,
        to_minutes(setting('sla.callback_tolerance_minutes')::integer) as tolerance
    from chosen_calls
    where
        callback_due_at + to_minutes(setting('sla.callback_tolerance_minutes')::integer)
        < $scope['as_of']::date + interval 1 day

),

dials as (

    select
        promises.call_id,
        calls.is_conversation,
        calls.started_at between promises.callback_due_at - promises.tolerance and promises.callback_due_at + promises.tolerance
            as is_on_time
    from promises
    inner join snapshot.fact_calls as calls on promises.call_id = calls.callback_of
    where calls.started_on <= $scope['as_of']::date and calls.direction is distinct from 'inbound'

),

answers as (

    select
        promises.slice,
        promises.channel,
        promises.call_id,
        promises.rep_id,
        coalesce(bool_or(dials.is_on_time), false) as is_kept,
        coalesce(bool_or(dials.is_on_time and dials.is_conversation), false) as is_connected,
        count(dials.call_id) > 0 as is_dialled
    from promises
    left join dials using (call_id)
    group by promises.slice, promises.channel, promises.call_id, promises.rep_id

),

lines as (

    select
        slice,
        channel,
        call_id,
        rep_id,
        is_dialled and not is_kept as is_late,
        unnest([{'measure': 'kept_on_time', 'holds': is_kept}, {'measure': 'connected', 'holds': is_connected}]) as line
    from answers

),

by_rep as (

    select
        slice,
        channel,
        line['measure'] as measure,
        rep_id,
        count(*) as due_count,
        count(*) filter (where line['holds']) as kept_count,
        count(*) filter (where is_late) as late_count
    from lines
    group by all

),

-- Promises of a rep are not independent: the variance sums the deviations of each rep, x - pn, before it squares them.
-- Written out as sums of whole numbers, which have no order.
totals as (

    select
        slice,
        channel,
        measure,
        sum(due_count)::bigint as due_count,
        sum(kept_count)::bigint as kept_count,
        sum(late_count)::bigint as late_count,
        count(*) as rep_count,
        safe_ratio(sum(kept_count), sum(due_count)) as share,
        sum(kept_count * kept_count)::bigint as kept_squares,
        sum(kept_count * due_count)::bigint as products,
        sum(due_count * due_count)::bigint as due_squares
    from by_rep
    group by slice, channel, measure

),

rates as (

    select
        *,
        clustered_share_n(share, kept_squares, products, due_squares, due_count, rep_count) as worth,
        sample_status(due_count) as status
    from totals

),

without_due_time as (

    select
        slice,
        channel,
        count(*) as request_count
    from chosen_calls
    where disposition = 'callback_requested' and callback_due_at is null
    group by slice, channel

)

select
    slice,
    channel,
    rates.kept_count as numerator,
    rates.due_count as denominator,
    case when rates.status <> 'too_few' then rates.share end as estimate,
    case when rates.status <> 'too_few' then wilson_low(rates.share * rates.worth, rates.worth, z_of(95)) end as low,
    case when rates.status <> 'too_few' then wilson_high(rates.share * rates.worth, rates.worth, z_of(95)) end as high,
    rates.due_count as n_old_enough,
    rates.status,
    rates.measure,
    setting('sla.callback_tolerance_minutes') as tolerance_minutes,
    rates.late_count,
    coalesce(without_due_time.request_count, 0) as without_due_time_count,
    rates.rep_count
from rates
left join without_due_time using (slice, channel)
