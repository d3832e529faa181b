-- title:    Account sets
-- grain:    one row per row of the extract, with what became of it
-- key:      account_id
-- versions: account_id, set_id
-- required: account_id, set_id, targeted_from
-- dates:    targeted_from
-- ids:      account_id
-- categories: set_id
with

typed as (

    select
        *,
        moment(targeted_from) as targeted_from_typed
    from source_account_sets

),

judged as (

    select
        typed.*,
        coalesce(
            fault,
            problem(typed.account_id is null, 'MISSING_VALUE', 'account_id', typed.account_id),
            problem(typed.set_id is null, 'MISSING_VALUE', 'set_id', typed.set_id),
            problem(typed.targeted_from is null, 'MISSING_VALUE', 'targeted_from', typed.targeted_from),
            problem(typed.targeted_from is not null and targeted_from_typed is null, 'BAD_DATE', 'targeted_from', typed.targeted_from),
            problem(year(targeted_from_typed) not between 1990 and 2100, 'DATE_RANGE', 'targeted_from', typed.targeted_from)
        ) as found_problem
    from typed

),

decided as (

    select
        *,
        case
            when excluded_by is not null then 'excluded'
            when found_problem is not null then 'rejected'
            when copy_number > 1 then 'merged'
            when targeted_from_typed::date > $as_of::date then 'excluded'
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
        when fate = 'excluded' then coalesce(excluded_by, 'AFTER_AS_OF')
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    account_id,
    set_id,
    targeted_from_typed as targeted_from
from decided
