-- title:     Outcome mix and clarity
-- stage:     qualification
-- home:      qualification, beside
-- rows:      (select slice, channel, call_id, disposition, line['measure'] as measure, line['is_counted'] as is_counted
--            from calls inner join lines using (slice, channel, disposition, is_conversation, is_contradictory)
--            where line['is_asked']
--            union all
--            select slice, channel, call_id, calls.disposition, mix.measure, calls.disposition = mix.measure as is_counted
--            from calls inner join mix using (slice, channel) where calls.is_conversation)
-- headline:  none
-- unit:      ratio
-- of:        calls
-- first:     clarity
-- direction: none
-- reads:     How conversations end, and of 100 calls with a recorded ending how many have one that says something (clarity).
-- needs:     calls.started_at, calls.outcome_code
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      measure
-- across:    Which endings are frequent depends on the stage a channel calls at: the mix is a description, not a verdict.
-- caveat:    Clarity: conversations plus calls whose code is blank or has no entry in the settings, and of these those that have
--   a code that does not contradict the rest of the call. A contradiction: a conversation of no seconds, a conversation without
--   result that names an objection, or nobody reached on a call that names the role reached.
-- caveat:    The three lines with _or_ are the pairs that must be kept apart: the share of the first among both.
-- caveat:    Teams may give one code different meanings; look at one team's calls before comparing. Calls of one rep are counted
--   as independent.
-- answers:   S0.18
with

calls as (

    select
        slice,
        channel,
        call_id,
        disposition,
        is_conversation,
        coalesce(
            (is_conversation and talk_seconds = 0)
            or (disposition = 'connected_no_result' and is_objection_raised)
            or (disposition in ('unreachable', 'voicemail') and reached_role is not null),
            false
        ) as is_contradictory
    from scope_calls($scope)

),

-- Calls that are alike in all that is asked of them are judged once.
kinds as (

    select
        slice,
        channel,
        disposition,
        is_conversation,
        is_contradictory,
        count(*) as kind_count
    from calls
    group by slice, channel, disposition, is_conversation, is_contradictory

),

told as (

    select
        *,
        is_conversation or disposition = 'unmapped' or is_contradictory as is_to_be_clear,
        is_conversation and not is_contradictory as is_clear,
        disposition in ('interested_not_ready', 'no_fit') as is_not_now_pair,
        disposition = 'interested_not_ready' as is_not_now,
        disposition in ('gatekeeper_block', 'wrong_contact') as is_wall_pair,
        disposition = 'gatekeeper_block' as is_wall,
        disposition in ('callback_requested', 'unreachable') as is_callback_pair,
        disposition = 'callback_requested' as is_callback
    from kinds

),

lines as (

    select
        slice,
        channel,
        disposition,
        is_conversation,
        is_contradictory,
        kind_count,
        unnest([
            {'measure': 'clarity', 'is_asked': is_to_be_clear, 'is_counted': is_clear},
            {'measure': 'interested_not_ready_or_no_fit', 'is_asked': is_not_now_pair, 'is_counted': is_not_now},
            {'measure': 'gatekeeper_block_or_wrong_contact', 'is_asked': is_wall_pair, 'is_counted': is_wall},
            {'measure': 'callback_requested_or_unreachable', 'is_asked': is_callback_pair, 'is_counted': is_callback},
        ]) as line
    from told

),

asked as (

    select
        slice,
        channel,
        line['measure'] as measure,
        coalesce(sum(kind_count) filter (where line['is_asked'] and line['is_counted']), 0)::bigint as counted,
        coalesce(sum(kind_count) filter (where line['is_asked']), 0)::bigint as call_count
    from lines
    group by slice, channel, line['measure']

),

mix as (

    select
        slice,
        channel,
        disposition as measure,
        sum(kind_count)::bigint as counted,
        (sum(sum(kind_count)) over (partition by slice, channel))::bigint as call_count
    from kinds
    where is_conversation
    group by slice, channel, disposition

),

gated as (

    select
        *,
        sample_status(call_count) as status
    from (
        select * from asked
        union all by name
        select * from mix
    ) as all_lines

)

select
    slice,
    channel,
    counted as numerator,
    call_count as denominator,
    case when status <> 'too_few' then safe_ratio(counted, call_count) end as estimate,
    case when status <> 'too_few' then wilson_low(counted, call_count, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(counted, call_count, z_of(95)) end as high,
    call_count as n_old_enough,
    status,
    measure
from gated
