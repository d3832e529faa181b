-- title:    Hand-offs
-- grain:    one row per row of the extract, with what became of it
-- key:      lead_id
-- versions: lead_id, moment(handed_at)
-- required: lead_id, handed_at
-- optional: accepted_at, rejected_at, reject_reason, first_sales_touch_at, feedback_at
-- decides:  accepted_at, rejected_at, first_sales_touch_at
-- dates:    handed_at, accepted_at, rejected_at, first_sales_touch_at, feedback_at
-- ids:      lead_id
-- order:    handed_at <= accepted_at, handed_at <= rejected_at, handed_at <= feedback_at
-- apart:    first_sales_touch_at
-- categories: reject_reason as reason
with

typed as (

    select
        *,
        moment(handed_at) as handed_at_typed,
        moment(accepted_at) as accepted_at_typed,
        moment(rejected_at) as rejected_at_typed,
        moment(first_sales_touch_at) as first_sales_touch_at_typed,
        moment(feedback_at) as feedback_at_typed
    from source_handoffs

),

judged as (

    select
        typed.*,
        lead_aliases.kept_lead_id,
        coalesce(
            fault,
            problem(typed.lead_id is null, 'MISSING_VALUE', 'lead_id', typed.lead_id),
            problem(typed.handed_at is null, 'MISSING_VALUE', 'handed_at', typed.handed_at),
            problem(typed.handed_at is not null and handed_at_typed is null, 'BAD_DATE', 'handed_at', typed.handed_at),
            problem(year(handed_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'handed_at', typed.handed_at),
            problem(
                typed.accepted_at is not null and accepted_at_typed is null, 'BAD_DATE', 'accepted_at', typed.accepted_at
            ),
            problem(year(accepted_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'accepted_at', typed.accepted_at),
            problem(
                typed.rejected_at is not null and rejected_at_typed is null, 'BAD_DATE', 'rejected_at', typed.rejected_at
            ),
            problem(year(rejected_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'rejected_at', typed.rejected_at),
            problem(
                typed.first_sales_touch_at is not null and first_sales_touch_at_typed is null,
                'BAD_DATE', 'first_sales_touch_at', typed.first_sales_touch_at
            ),
            problem(
                year(first_sales_touch_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'first_sales_touch_at', typed.first_sales_touch_at
            ),
            problem(
                typed.feedback_at is not null and feedback_at_typed is null, 'BAD_DATE', 'feedback_at', typed.feedback_at
            ),
            problem(year(feedback_at_typed) not between 1990 and 2100, 'DATE_RANGE', 'feedback_at', typed.feedback_at)
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
            when handed_at_typed::date > $as_of::date then 'excluded'
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
            coalesce(excluded_by, case when handed_at_typed::date > $as_of::date then 'AFTER_AS_OF' else 'LEAD_NOT_FOUND' end)
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    kept_lead_id as lead_id,
    lead_id as source_lead_id,
    is_by_person,
    handed_at_typed as handed_at,
    accepted_at_typed as accepted_at,
    rejected_at_typed as rejected_at,
    reject_reason,
    first_sales_touch_at_typed as first_sales_touch_at,
    feedback_at_typed as feedback_at
from decided
