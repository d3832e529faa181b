-- title:    Time log
-- grain:    one row per row of the extract, with what became of it
-- key:      rep_id
-- versions: rep_id, moment(date), fold(role), lead_id, activity
-- required: rep_id, date, minutes
-- optional: role, lead_id, activity
-- dates:    date
-- ids:      lead_id
-- people:   rep_id
-- categories: rep_id as rep, role, activity
-- numbers:  minutes
-- bounds:   minutes 0..1440 min rarely 1000
with

typed as (

    select
        *,
        moment(date) as date_typed,
        try_cast(minutes as double) as minutes_typed
    from source_time_log

),

judged as (

    select
        typed.*,
        lead_aliases.kept_lead_id,
        coalesce(
            fault,
            problem(typed.rep_id is null, 'MISSING_VALUE', 'rep_id', typed.rep_id),
            problem(typed.date is null, 'MISSING_VALUE', 'date', typed.date),
            problem(typed.minutes is null, 'MISSING_VALUE', 'minutes', typed.minutes),
            problem(typed.date is not null and date_typed is null, 'BAD_DATE', 'date', typed.date),
            problem(year(date_typed) not between 1990 and 2100, 'DATE_RANGE', 'date', typed.date),
            problem(typed.minutes is not null and minutes_typed is null, 'BAD_NUMBER', 'minutes', typed.minutes)
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
            when date_typed::date > $as_of::date then 'excluded'
            when lead_id is not null and kept_lead_id is null then 'excluded'
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
            coalesce(excluded_by, case when date_typed::date > $as_of::date then 'AFTER_AS_OF' else 'LEAD_NOT_FOUND' end)
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    rep_id,
    date_typed as date,
    minutes_typed as minutes,
    role,
    kept_lead_id as lead_id,
    lead_id as source_lead_id,
    is_by_person,
    activity
from decided
