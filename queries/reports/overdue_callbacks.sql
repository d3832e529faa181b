-- title:     Callbacks overdue
-- stage:     operations
-- home:      operations, report
-- rows:      (select * exclude (is_do_not_call, is_closed) from judged where not is_do_not_call and not is_closed)
-- headline:  both
-- unit:      ratio
-- of:        open callbacks
-- direction: lower_is_better
-- reads:     Callbacks that were promised and not yet made, and how many of them are past their time.
-- needs:     calls.callback_due_at, calls.started_at
-- links:     calls.callback
-- windows:   calls
-- horizon:   none
-- also:      do_not_call_count, closed_count
-- across:    A promise is a promise in both channels.
-- caveat:    A list of what is open on the as-of day: the dates chosen do not narrow it, the other filters do.
-- caveat:    A callback is open until somebody dials the lead, at the earliest the agreed minutes before its time, linked to the
--   promise or not. Without a lead only a linked dial closes it. A callback that was put off counts at its last time.
-- caveat:    Left out and counted: leads that asked not to be called (do_not_call_count), else those won or lost (closed_count).
-- answers:   S0.6, S0.18
with

promises as (

    select
        *,
        callback_due_at - to_minutes(setting('sla.callback_tolerance_minutes')::integer) as kept_from,
        callback_due_at + to_minutes(setting('sla.callback_tolerance_minutes')::integer) as kept_until
    from scope_calls(any_day($scope))
    where callback_due_at is not null
    qualify lead_id is null or row_number() over (partition by lead_id order by callback_due_at desc, call_id desc) = 1

),

dials as (

    select *
    from snapshot.fact_calls
    where started_on <= $scope['as_of']::date and direction is distinct from 'inbound'

),

dialled as (

    select promises.call_id
    from promises
    inner join dials on promises.call_id = dials.callback_of
    union
    select promises.call_id
    from promises
    inner join dials
        on promises.lead_id = dials.lead_id and promises.kept_from <= dials.started_at and promises.call_id <> dials.call_id

),

judged as (

    select
        slice,
        channel,
        lead_id,
        'callback' as kind,
        rep_id as owner_id,
        promises.call_id as promised_in_call,
        callback_due_at as promised_at,
        0 as agreed_days,
        date_diff('day', callback_due_at::date, $scope['as_of']::date) as waiting_days,
        null::varchar as missing,
        kept_until < $scope['as_of']::date + interval 1 day as is_counted,
        coalesce(left_alone.is_do_not_call, false) as is_do_not_call,
        coalesce(left_alone.is_closed, false) as is_closed
    from promises
    left join leads_left_alone($scope['as_of']::date) as left_alone using (lead_id)
    where promises.call_id not in (select call_id from dialled)

),

counted as (

    select
        slice,
        channel,
        count(*) filter (where is_counted and not is_do_not_call and not is_closed) as overdue_count,
        count(*) filter (where not is_do_not_call and not is_closed) as open_count,
        count(*) filter (where is_do_not_call) as do_not_call_count,
        count(*) filter (where is_closed) as closed_count
    from judged
    group by slice, channel

)

-- All of them are known, so the share is exact: its limits are the share itself.
select
    slice,
    channel,
    overdue_count as numerator,
    open_count as denominator,
    safe_ratio(overdue_count, open_count) as estimate,
    safe_ratio(overdue_count, open_count) as low,
    safe_ratio(overdue_count, open_count) as high,
    open_count as n_old_enough,
    case when open_count > 0 then 'ok' else 'too_few' end as status,
    do_not_call_count,
    closed_count
from counted
