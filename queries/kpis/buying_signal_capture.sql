-- title:     Buying signals captured
-- stage:     conversation
-- home:      qualification, detail
-- rows:      judged_conversations
-- headline:  both
-- unit:      ratio
-- of:        conversations
-- direction: higher_is_better
-- reads:     Of 100 conversations, how many leave a recorded need and at least one recorded buying signal.
-- needs:     call_answers.question_id, call_answers.answer_code, calls.outcome_code
-- links:     call_answers.call
-- windows:   call_answers
-- horizon:   none
-- also:      rep_count, need_count, signal_count, same_answer_share, same_answer_n
-- across:    Outbound calls are shorter and earlier in the talk: the two shares are not compared as they stand.
-- caveat:    A need answers the question `need` or that of the criterion interest; a signal answers `trigger` or the questions
--            of the criteria timeline, current provider and budget. The code unknown is no answer.
-- caveat:    Default values clicked through look like signals: same_answer_share is the highest share of one rep's answers
--            that say what that rep says most to the question (reps with 20 answers or more).
-- caveat:    Calls of one rep resemble each other: the interval is Wilson on the number of independent calls they amount to.
-- answers:   S0.5, S0.17
with

wanted_questions as (

    select distinct
        fold(value) as question,
        name = 'criteria.interest.question' as is_need
    from snapshot.settings
    where
        name in (
            'criteria.interest.question',
            'criteria.timeline.question',
            'criteria.current_provider.question',
            'criteria.budget.question'
        )
    union
    select
        'need' as question,
        true as is_need
    union
    select
        'trigger' as question,
        false as is_need

),

conversations as (

    select
        slice,
        channel,
        call_id,
        rep_id,
        coalesce('rep ' || rep_id, 'call ' || call_id) as cluster_id
    from scope_calls($scope)
    where is_conversation

),

coded_answers as (

    select
        answers.call_id,
        wanted_questions.question,
        wanted_questions.is_need,
        fold(answers.answer_code) as answer_code
    from snapshot.fact_call_answers as answers
    inner join wanted_questions on fold(answers.question_id) = wanted_questions.question
    where fold(answers.answer_code) is not null and fold(answers.answer_code) <> 'unknown' and answers.is_answered is distinct from false

),

captured as (

    select
        call_id,
        bool_or(is_need) as has_need,
        bool_or(not is_need) as has_signal
    from coded_answers
    group by call_id

),

judged_conversations as (

    select
        conversations.*,
        coalesce(captured.has_need, false) as has_need,
        coalesce(captured.has_signal, false) as has_signal,
        coalesce(captured.has_need and captured.has_signal, false) as is_counted
    from conversations
    left join captured using (call_id)

),

clusters as (

    select
        slice,
        channel,
        cluster_id,
        max(rep_id) as rep_id,
        count(*) as conversation_count,
        count(*) filter (where is_counted) as captured_count,
        count(*) filter (where has_need) as need_count,
        count(*) filter (where has_signal) as signal_count
    from judged_conversations
    group by slice, channel, cluster_id

),

answer_codes as (

    select
        conversations.slice,
        conversations.channel,
        conversations.rep_id,
        coded_answers.question,
        coded_answers.answer_code,
        count(*) as answer_count
    from conversations
    inner join coded_answers using (call_id)
    where conversations.rep_id is not null
    group by all

),

rep_questions as (

    select
        slice,
        channel,
        rep_id,
        question,
        sum(answer_count) as answer_count,
        max(answer_count) as same_count
    from answer_codes
    group by slice, channel, rep_id, question

),

rep_answers as (

    select
        slice,
        channel,
        rep_id,
        sum(answer_count)::bigint as answer_count,
        safe_ratio(sum(same_count), sum(answer_count)) as same_answer_share
    from rep_questions
    group by slice, channel, rep_id
    having sum(answer_count) >= 20

),

-- One answer over and over carries no information: the rep nearest to that is shown, with the answers it rests on.
clicked_through as (

    select
        slice,
        channel,
        max(same_answer_share) as same_answer_share,
        max_by(answer_count, (same_answer_share, answer_count)) as same_answer_n
    from rep_answers
    group by slice, channel

),

counted as (

    select
        slice,
        channel,
        sum(captured_count)::bigint as captured_count,
        sum(conversation_count)::bigint as conversation_count,
        sum(need_count)::bigint as need_count,
        sum(signal_count)::bigint as signal_count,
        count(rep_id) as rep_count,
        count(*) as cluster_count,
        sum(captured_count ** 2) as captured_squares,
        sum(captured_count * conversation_count) as cross_products,
        sum(conversation_count ** 2) as conversation_squares,
        safe_ratio(sum(captured_count), sum(conversation_count)) as share
    from clusters
    group by slice, channel

),

-- Linearised variance over reps, worth no more than independent calls; one rep alone tells nothing about reps.
spread as (

    select
        *,
        sample_status(conversation_count) as status,
        coalesce(
            clustered_share_n(share, captured_squares, cross_products, conversation_squares, conversation_count, cluster_count),
            conversation_count
        ) as effective_calls
    from counted

)

select
    slice,
    channel,
    captured_count as numerator,
    conversation_count as denominator,
    case when status <> 'too_few' then share end as estimate,
    case when status <> 'too_few' then wilson_low(share * effective_calls, effective_calls, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(share * effective_calls, effective_calls, z_of(95)) end as high,
    conversation_count as n_old_enough,
    status,
    rep_count,
    need_count,
    signal_count,
    same_answer_share,
    same_answer_n
from spread
left join clicked_through using (slice, channel)
