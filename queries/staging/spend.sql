-- title:    Spend
-- grain:    one row per row of the extract, with what became of it
-- key:      month
-- versions: moment(month), fold(channel), source, fold(kind)
-- required: month, cost
-- optional: channel, source, kind
-- decides:  channel, source
-- dates:    month
-- money:    cost
-- bounds:   cost 0..max_amount
-- categories: source, kind
with

typed as (

    select
        *,
        moment(month) as month_typed,
        try_cast(cost as decimal(18, 2)) as cost_typed
    from source_spend

),

judged as (

    select
        typed.*,
        coalesce(
            fault,
            problem(typed.month is null, 'MISSING_VALUE', 'month', typed.month),
            problem(typed.cost is null, 'MISSING_VALUE', 'cost', typed.cost),
            problem(typed.month is not null and month_typed is null, 'BAD_DATE', 'month', typed.month),
            problem(year(month_typed) not between 1990 and 2100, 'DATE_RANGE', 'month', typed.month),
            problem(typed.cost is not null and cost_typed is null, 'BAD_NUMBER', 'cost', typed.cost)
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
        when fate = 'excluded' then excluded_by
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    month_typed as month,
    cost_typed as cost,
    channel,
    source,
    kind
from decided
