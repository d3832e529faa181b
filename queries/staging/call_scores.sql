-- title:    Call scores
-- grain:    one row per row of the extract, with what became of it
-- key:      call_id
-- versions: call_id, scorer_id, fold(item)
-- required: call_id, scorer_id, item, value
-- dates:    none
-- ids:      call_id
-- people:   scorer_id
-- categories: scorer_id as rep
-- answers:  value
with

typed as (

    select
        *
    from source_call_scores

),

judged as (

    select
        typed.*,
        calls.call_id is not null as is_linked,
        coalesce(
            fault,
            problem(typed.call_id is null, 'MISSING_VALUE', 'call_id', typed.call_id),
            problem(typed.scorer_id is null, 'MISSING_VALUE', 'scorer_id', typed.scorer_id),
            problem(typed.item is null, 'MISSING_VALUE', 'item', typed.item),
            problem(typed.value is null, 'MISSING_VALUE', 'value', typed.value)
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
    scorer_id,
    item,
    value
from decided
