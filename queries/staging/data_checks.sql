-- title:    Data checks
-- grain:    one row per row of the extract, with what became of it
-- key:      lead_id
-- versions: lead_id, fold(field), moment(checked_at)
-- required: lead_id, field, result, checked_at
-- dates:    checked_at
-- ids:      lead_id
with

typed as (

    select
        *,
        moment(checked_at) as checked_at_typed
    from source_data_checks

),

judged as (

    select
        typed.*,
        lead_aliases.kept_lead_id,
        coalesce(
            fault,
            problem(typed.lead_id is null, 'MISSING_VALUE', 'lead_id', typed.lead_id),
            problem(typed.field is null, 'MISSING_VALUE', 'field', typed.field),
            problem(typed.result is null, 'MISSING_VALUE', 'result', typed.result),
            problem(typed.checked_at is null, 'MISSING_VALUE', 'checked_at', typed.checked_at),
            problem(typed.checked_at is not null and checked_at_typed is null, 'BAD_DATE', 'checked_at', typed.checked_at),
            problem(year(checked_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'checked_at', typed.checked_at)
        ) as found_problem
    from typed
    left join lead_aliases on typed.lead_id = lead_aliases.lead_id

),

decided as (

    select
        *,
        case
            when excluded_by is not null then 'excluded'
            when found_problem is not null then 'rejected'
            when copy_number > 1 then 'merged'
            when checked_at_typed::date > $as_of::date then 'excluded'
            when kept_lead_id is null then 'excluded'
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
        when fate = 'excluded' then
            coalesce(excluded_by, case when checked_at_typed::date > $as_of::date then 'AFTER_AS_OF' else 'LEAD_NOT_FOUND' end)
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    kept_lead_id as lead_id,
    lead_id as source_lead_id,
    is_by_person,
    field as checked_field,
    result as checked_result,
    checked_at_typed as checked_at
from decided
