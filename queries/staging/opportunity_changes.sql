-- title:    Opportunity changes
-- grain:    one row per row of the extract, with what became of it
-- key:      opportunity_id
-- versions: opportunity_id, moment(changed_at)
-- required: opportunity_id, changed_at
-- optional: stage, amount, expected_close, forecast_category, owner
-- decides:  stage, amount, expected_close
-- dates:    changed_at, expected_close
-- ids:      opportunity_id
-- people:   owner
-- categories: owner as rep, stage, forecast_category
-- money:    amount
-- bounds:   amount 0..max_amount
-- apart:    changed_at, expected_close
with

typed as (

    select
        *,
        moment(changed_at) as changed_at_typed,
        try_cast(amount as decimal(18, 2)) as amount_typed,
        moment(expected_close) as expected_close_typed
    from source_opportunity_changes

),

judged as (

    select
        typed.*,
        opportunities.opportunity_id is not null as is_linked,
        coalesce(
            fault,
            problem(typed.opportunity_id is null, 'MISSING_VALUE', 'opportunity_id', typed.opportunity_id),
            problem(typed.changed_at is null, 'MISSING_VALUE', 'changed_at', typed.changed_at),
            problem(typed.changed_at is not null and changed_at_typed is null, 'BAD_DATE', 'changed_at', typed.changed_at),
            problem(year(changed_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'changed_at', typed.changed_at),
            problem(typed.amount is not null and amount_typed is null, 'BAD_NUMBER', 'amount', typed.amount),
            problem(typed.expected_close is not null and expected_close_typed is null, 'BAD_DATE', 'expected_close', typed.expected_close),
            problem(year(expected_close_typed) not between 1990 and 2100, 'DATE_RANGE', 'expected_close', typed.expected_close)
        ) as found_problem
    from typed
    left join (select distinct opportunity_id from staged_opportunities where fate = 'used') as opportunities
        on typed.opportunity_id = opportunities.opportunity_id

),

decided as (

    select
        *,
        case
            when excluded_by is not null then 'excluded'
            when found_problem is not null then 'rejected'
            when copy_number > 1 then 'merged'
            when changed_at_typed::date > $as_of::date then 'excluded'
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
        when fate = 'excluded' then
            coalesce(excluded_by, case when changed_at_typed::date > $as_of::date then 'AFTER_AS_OF' else 'OPPORTUNITY_NOT_FOUND' end)
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    opportunity_id,
    changed_at_typed as changed_at,
    stage,
    amount_typed as amount,
    expected_close_typed as expected_close,
    forecast_category,
    owner
from decided
