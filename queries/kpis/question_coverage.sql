-- title:     Qualifying-question coverage
-- stage:     conversation
-- home:      qualification, beside
-- rows:      covered
-- headline:  both
-- unit:      ratio
-- of:        required questions
-- direction: higher_is_better
-- reads:     Of 100 questions that must be settled in a first conversation, how many have an answer afterwards.
-- needs:     call_answers.question_id, call_answers.answered, calls.outcome_code, calls.talk_s, calls.lead_id
-- links:     calls.lead, call_answers.call
-- windows:   calls, call_answers
-- withheld:  The settings require no question.
-- horizon:   none
-- also:      conversation_count, required_count, rep_count, asked_count, asked_unanswered_count, without_record_count,
--            script_version_count
-- across:    Inbound callers tell much unasked: answers are counted, not questions asked.
-- caveat:    Up to about 90 % more is better; 100 % with poor notes is a checklist. Read it beside context completeness.
-- caveat:    The required questions are those of the settings of today, for every script version alike.
-- caveat:    A conversation without any recorded question counts as nothing answered (without_record_count).
-- caveat:    Conversations of one rep resemble each other: the interval takes reps as the independent units.
-- answers:   S0.2, S0.4, S0.34
-- counter:   context_completeness
with

conversations as (

    select
        slice,
        channel,
        call_id,
        rep_id,
        script_version,
        coalesce('rep ' || rep_id, 'call ' || call_id) as cluster_id
    from scope_first_conversations($scope)

),

required as (

    select count(*) as required_count
    from required_questions()

),

-- Each required question once per conversation, however often the form holds it.
questions as (

    select
        conversations.call_id,
        required_questions.question,
        coalesce(bool_or(answers.is_asked), false) as is_asked,
        coalesce(bool_or(answers.is_answered), false) as is_answered
    from conversations
    inner join snapshot.fact_call_answers as answers using (call_id)
    inner join required_questions() as required_questions on fold(answers.question_id) = required_questions.question
    group by conversations.call_id, required_questions.question

),

answered as (

    select
        call_id,
        count(*) filter (where is_answered) as answered_count,
        count(*) filter (where is_asked) as asked_count,
        count(*) filter (where is_asked and not is_answered) as asked_unanswered_count
    from questions
    group by call_id

),

recorded as (

    select distinct call_id
    from snapshot.fact_call_answers

),

covered as (

    select
        conversations.*,
        recorded.call_id is null as is_without_record,
        coalesce(answered.answered_count, 0) as answered_count,
        coalesce(answered.asked_count, 0) as asked_count,
        coalesce(answered.asked_unanswered_count, 0) as asked_unanswered_count
    from conversations
    left join answered using (call_id)
    left join recorded using (call_id)

),

clusters as (

    select
        slice,
        channel,
        cluster_id,
        count(*) as conversation_count,
        sum(answered_count) as answered_count,
        sum(answered_count ** 2) as answered_squares
    from covered
    group by slice, channel, cluster_id

),

cluster_sums as (

    select
        slice,
        channel,
        count(*) as cluster_count,
        sum(answered_squares) as answered_squares,
        sum(answered_count ** 2) as cluster_squares,
        sum(answered_count * conversation_count) as cross_products,
        sum(conversation_count ** 2) as count_squares
    from clusters
    group by slice, channel

),

counted as (

    select
        slice,
        channel,
        count(*) as conversation_count,
        count(distinct rep_id) as rep_count,
        count(distinct script_version) as script_version_count,
        sum(answered_count)::bigint as answered_count,
        sum(asked_count)::bigint as asked_count,
        sum(asked_unanswered_count)::bigint as asked_unanswered_count,
        count(*) filter (where is_without_record) as without_record_count,
        avg(answered_count) as mean_answered
    from covered
    group by slice, channel

),

-- Variance of the mean number of answers: over reps (linearised), never below that over single conversations.
spread as (

    select
        counted.*,
        cluster_count,
        required_count,
        safe_ratio(answered_count, conversation_count * required_count) as share,
        greatest(
            safe_ratio(answered_squares - conversation_count * mean_answered ** 2, conversation_count - 1) / conversation_count,
            safe_ratio(cluster_count, cluster_count - 1)
            * (cluster_squares - 2 * mean_answered * cross_products + mean_answered ** 2 * count_squares)
            / conversation_count ** 2,
            0
        ) / nullif(required_count, 0) ** 2 as share_variance,
        case when required_count = 0 then 'not_available' else sample_status(conversation_count) end as status
    from counted
    inner join cluster_sums using (slice, channel)
    cross join required

),

-- A mean of shares keeps to 0 and 1 by Wilson limits on the number of yes-or-no answers it is worth. With one rep alone the
-- conversations are the clusters.
gated as (

    select
        *,
        clustered_n(
            share,
            share_variance,
            conversation_count * required_count,
            case when cluster_count > 1 then cluster_count else conversation_count end
        ) as effective_answers,
        case when status in ('ok', 'provisional') then share end as shown_share
    from spread

)

select
    slice,
    channel,
    answered_count as numerator,
    conversation_count * required_count as denominator,
    shown_share as estimate,
    wilson_low(shown_share * effective_answers, effective_answers, z_of(95)) as low,
    wilson_high(shown_share * effective_answers, effective_answers, z_of(95)) as high,
    conversation_count as n_old_enough,
    status,
    conversation_count,
    required_count,
    rep_count,
    asked_count,
    asked_unanswered_count,
    without_record_count,
    script_version_count
from gated
