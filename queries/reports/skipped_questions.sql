-- title:     Questions most often left open
-- stage:     conversation
-- home:      qualification, report
-- rows:      open_questions
-- headline:  both
-- unit:      ratio
-- of:        first conversations
-- direction: lower_is_better
-- reads:     Of 100 first conversations, after how many a question that must be settled has no answer.
-- needs:     call_answers.question_id, call_answers.answered, calls.outcome_code, calls.talk_s, calls.lead_id
-- links:     calls.lead, call_answers.call
-- windows:   calls, call_answers
-- horizon:   none
-- also:      measure, asked_count, without_record_count, rep_count
-- across:    Inbound callers tell much unasked: answers are counted, not questions asked.
-- caveat:    The questions are those of question_coverage; a conversation without any recorded question leaves all of them open.
-- caveat:    asked_count: asked and still open. Conversations of one rep resemble each other: the limits rest on reps.
-- answers:   S0.4, S0.34
with

conversations as (

    select
        slice,
        channel,
        call_id,
        coalesce('rep ' || rep_id, 'call ' || call_id) as rep_id
    from scope_first_conversations($scope)

),

-- As the settings write it; where two write one question differently, the first in the alphabet.
required as (

    select
        required_questions.question,
        min(settings.value) as wording
    from required_questions() as required_questions
    inner join snapshot.settings as settings on required_questions.question = fold(settings.value)
    where settings.name like 'criteria.%.question'
    group by required_questions.question

),

answers as (

    select
        call_id,
        fold(question_id) as question,
        coalesce(bool_or(is_asked), false) as is_asked,
        coalesce(bool_or(is_answered), false) as is_answered
    from snapshot.fact_call_answers
    group by call_id, fold(question_id)

),

recorded as (

    select distinct call_id
    from answers

),

open_questions as (

    select
        conversations.slice,
        conversations.channel,
        conversations.call_id,
        conversations.rep_id,
        required.wording as measure,
        coalesce(answers.is_asked, false) as is_asked,
        recorded.call_id is null as is_without_record,
        not coalesce(answers.is_answered, false) as is_counted
    from conversations
    cross join required
    left join answers on conversations.call_id = answers.call_id and required.question = answers.question
    left join recorded on conversations.call_id = recorded.call_id

),

by_rep as (

    select
        slice,
        channel,
        measure,
        rep_id,
        count(*) as conversation_count,
        count(*) filter (where is_counted) as open_count,
        count(*) filter (where is_counted and is_asked) as asked_count,
        count(*) filter (where is_without_record) as without_record_count
    from open_questions
    group by slice, channel, measure, rep_id

),

-- Linearised variance of a share by rep, as sums of whole numbers, which have no order.
totals as (

    select
        slice,
        channel,
        measure,
        count(*) as rep_count,
        sum(conversation_count)::bigint as conversation_count,
        sum(open_count)::bigint as open_count,
        sum(asked_count)::bigint as asked_count,
        sum(without_record_count)::bigint as without_record_count,
        safe_ratio(sum(open_count), sum(conversation_count)) as share,
        sum(open_count * open_count)::bigint as open_squares,
        sum(open_count * conversation_count)::bigint as products,
        sum(conversation_count * conversation_count)::bigint as count_squares
    from by_rep
    group by slice, channel, measure

),

rates as (

    select
        *,
        clustered_share_n(share, open_squares, products, count_squares, conversation_count, rep_count) as worth,
        sample_status(conversation_count) as status
    from totals

)

select
    slice,
    channel,
    open_count as numerator,
    conversation_count as denominator,
    case when status <> 'too_few' then share end as estimate,
    case when status <> 'too_few' then wilson_low(share * worth, worth, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(share * worth, worth, z_of(95)) end as high,
    conversation_count as n_old_enough,
    status,
    measure,
    asked_count,
    without_record_count,
    rep_count
from rates
