-- title:     Discovery call duration
-- stage:     conversation
-- home:      inbound, detail
-- rows:      (select slice, channel, call_id, lead_id, talk_seconds from first_conversations)
-- headline:  none
-- unit:      seconds
-- of:        first conversations
-- direction: none
-- reads:     How long the first real conversation with a lead lasts: half of them are at least this long.
-- needs:     calls.talk_s, calls.outcome_code, calls.lead_id
-- links:     calls.lead
-- windows:   none
-- horizon:   none
-- also:      first_quartile, third_quartile, unknown_length_count
-- across:    Inbound calls are shorter by nature: shorter says nothing about the quality of the talk.
-- caveat:    A short call is a ready buyer or a brush-off: read it beside what came of the conversation.
-- caveat:    First is the first conversation of at least effort.first_call_seconds; one without a length is passed over.
-- caveat:    Where calls are recorded from a later day than the leads, a later conversation may stand for the first.
-- answers:   S1.18
with

first_conversations as (

    select *
    from scope_first_conversations($scope)

),

lengths as (

    select
        slice,
        channel,
        count(*) as conversation_count,
        quantile_cont(talk_seconds, [.25, .5, .75]) as quartiles,
        list(talk_seconds order by talk_seconds) as ordered_seconds
    from first_conversations
    group by slice, channel

),

unknown_lengths as (

    select
        slice,
        channel,
        count(*) as unknown_length_count
    from scope_calls($scope)
    where is_conversation and lead_id is not null and talk_seconds is null
    group by slice, channel

),

-- The median's interval runs between two of the conversations themselves (Conover 1999): no shape is assumed.
ranked as (

    select
        *,
        event_status(conversation_count, 10) as status,
        binomial_rank(conversation_count, .5, .025) as low_rank
    from lengths

)

-- Fewer than 10 conversations: no length is given (e10). From 10 on the rank is at least 2.
select
    slice,
    channel,
    null::bigint as numerator,
    conversation_count as denominator,
    case when status = 'ok' then quartiles[2]::double end as estimate,
    case when status = 'ok' then ordered_seconds[low_rank] end as low,
    case when status = 'ok' then ordered_seconds[conversation_count + 1 - low_rank] end as high,
    conversation_count as n_old_enough,
    status,
    case when status = 'ok' then quartiles[1]::double end as first_quartile,
    case when status = 'ok' then quartiles[3]::double end as third_quartile,
    coalesce(unknown_length_count, 0) as unknown_length_count
from ranked
left join unknown_lengths using (slice, channel)
