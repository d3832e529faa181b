-- title:    Revenue
-- grain:    one row per row of the extract, with what became of it
-- key:      account_id
-- versions: account_id, moment(booked_at), fold(kind)
-- required: account_id, booked_at, arr_delta
-- optional: kind
-- decides:  kind
-- dates:    booked_at
-- ids:      account_id
-- money:    arr_delta
-- bounds:   arr_delta -max_amount..max_amount
-- categories: kind
with

typed as (

    select
        *,
        moment(booked_at) as booked_at_typed,
        try_cast(arr_delta as decimal(18, 2)) as arr_delta_typed
    from source_revenue

),

judged as (

    select
        typed.*,
        coalesce(
            fault,
            problem(typed.account_id is null, 'MISSING_VALUE', 'account_id', typed.account_id),
            problem(typed.booked_at is null, 'MISSING_VALUE', 'booked_at', typed.booked_at),
            problem(typed.arr_delta is null, 'MISSING_VALUE', 'arr_delta', typed.arr_delta),
            problem(typed.booked_at is not null and booked_at_typed is null, 'BAD_DATE', 'booked_at', typed.booked_at),
            problem(year(booked_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'booked_at', typed.booked_at),
            problem(typed.arr_delta is not null and arr_delta_typed is null, 'BAD_NUMBER', 'arr_delta', typed.arr_delta)
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
            when booked_at_typed::date > $as_of::date then 'excluded'
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
    booked_at_typed as booked_at,
    arr_delta_typed as arr_delta,
    kind
from decided
