-- title:    Opportunity contacts
-- grain:    one row per row of the extract, with what became of it
-- key:      opportunity_id
-- versions: opportunity_id, contact_id
-- required: opportunity_id, contact_id
-- optional: role, added_at
-- decides:  role, added_at
-- dates:    added_at
-- ids:      opportunity_id, contact_id
-- categories: role
with

typed as (

    select
        *,
        moment(added_at) as added_at_typed
    from source_opportunity_contacts

),

judged as (

    select
        typed.*,
        opportunities.opportunity_id is not null as is_linked,
        coalesce(
            fault,
            problem(typed.opportunity_id is null, 'MISSING_VALUE', 'opportunity_id', typed.opportunity_id),
            problem(typed.contact_id is null, 'MISSING_VALUE', 'contact_id', typed.contact_id),
            problem(typed.added_at is not null and added_at_typed is null, 'BAD_DATE', 'added_at', typed.added_at),
            problem(year(added_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'added_at', typed.added_at)
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
        when fate = 'excluded' then coalesce(excluded_by, 'OPPORTUNITY_NOT_FOUND')
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    opportunity_id,
    contact_id,
    role,
    added_at_typed as added_at
from decided
