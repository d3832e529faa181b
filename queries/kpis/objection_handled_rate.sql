-- title:     Objections handled
-- stage:     conversation
-- home:      outbound, detail
-- rows:      (select *, is_handled as is_counted from conversations where is_objection_raised)
-- headline:  outbound
-- unit:      ratio
-- of:        conversations with an objection
-- direction: higher_is_better
-- reads:     Of 100 conversations with an objection, how many still end with a callback, a next step or interest for later.
-- needs:     calls.objection_raised, calls.outcome_code
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      rep_count, conversation_count, uncoded_count
-- across:    People who come to us object less and to other things: only outbound is judged by it.
-- caveat:    An objection is often not written down when the call goes well, so the share may be too low.
-- caveat:    Calls of one rep resemble each other: the interval is Wilson on the number of independent calls they amount to.
-- answers:   S0.30, S1.73
with

conversations as (

    select
        slice,
        channel,
        call_id,
        is_objection_raised,
        rep_id,
        disposition in ('callback_requested', 'interested_not_ready', 'meeting_booked', 'qualified')
        or (next_step_due_at is not null and disposition = 'connected_no_result') as is_handled
    from scope_calls($scope)
    where is_conversation

),

clusters as (

    select
        slice,
        channel,
        rep_id,
        count(*) filter (where is_objection_raised) as objection_count,
        count(*) filter (where is_objection_raised and is_handled) as handled_count,
        count(*) as conversation_count,
        count(*) filter (where is_objection_raised is null) as uncoded_count
    from conversations
    group by slice, channel, rep_id, case when rep_id is null then call_id end

),

counted as (

    select
        slice,
        channel,
        sum(handled_count)::bigint as handled_count,
        sum(objection_count)::bigint as objection_count,
        sum(conversation_count)::bigint as conversation_count,
        sum(uncoded_count)::bigint as uncoded_count,
        count(rep_id) filter (where objection_count > 0) as rep_count,
        count(*) filter (where objection_count > 0) as cluster_count,
        sum(handled_count ** 2) as handled_squares,
        sum(handled_count * objection_count) as cross_products,
        sum(objection_count ** 2) as objection_squares,
        safe_ratio(sum(handled_count), sum(objection_count)) as share
    from clusters
    group by slice, channel

),

-- Linearised variance over reps, worth no more than independent calls; one rep alone tells nothing about reps.
spread as (

    select
        *,
        sample_status(objection_count) as status,
        coalesce(
            clustered_share_n(share, handled_squares, cross_products, objection_squares, objection_count, cluster_count),
            objection_count
        ) as effective_calls
    from counted

)

select
    slice,
    channel,
    handled_count as numerator,
    objection_count as denominator,
    case when status <> 'too_few' then share end as estimate,
    case when status <> 'too_few' then wilson_low(share * effective_calls, effective_calls, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(share * effective_calls, effective_calls, z_of(95)) end as high,
    objection_count as n_old_enough,
    status,
    rep_count,
    conversation_count,
    uncoded_count
from spread
