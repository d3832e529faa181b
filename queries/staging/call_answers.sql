-- title:    Call answers
-- grain:    one row per row of the extract, with what became of it
-- key:      call_id
-- versions: call_id, question_id
-- required: call_id, question_id
-- optional: asked, answered, answer_code
-- dates:    none
-- ids:      call_id
-- answers:  answer_code
-- flags:    asked, answered
with

typed as (

    select
        *,
        try_cast(asked as boolean) as asked_typed,
        try_cast(answered as boolean) as answered_typed
    from source_call_answers

),

judged as (

    select
        typed.*,
        calls.call_id is not null as is_linked,
        coalesce(
            fault,
            problem(typed.call_id is null, 'MISSING_VALUE', 'call_id', typed.call_id),
            problem(typed.question_id is null, 'MISSING_VALUE', 'question_id', typed.question_id),
            problem(typed.asked is not null and asked_typed is null, 'UNKNOWN_VALUE', 'asked', typed.asked),
            problem(typed.answered is not null and answered_typed is null, 'UNKNOWN_VALUE', 'answered', typed.answered)
        ) as found_problem
    from typed
    left join (select distinct call_id from staged_calls where fate = 'used') as calls on typed.call_id = calls.call_id

),

decided as (

    select
        *,
        case
            when excluded_by is not null then 'excluded'
            when found_problem is not null then 'rejected'
            when copy_number > 1 then 'merged'
            when not is_linked then 'excluded'
            else 'used'
        end as fate
    from judged

)

select
    file,
    line,
    fate,
    case
        when fate = 'rejected' then found_problem['reason']
        when fate = 'merged' then copy_reason
        when fate = 'excluded' then coalesce(excluded_by, 'CALL_NOT_FOUND')
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    call_id,
    question_id,
    asked_typed as asked,
    answered_typed as answered,
    answer_code
from decided
