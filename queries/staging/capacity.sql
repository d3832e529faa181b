-- title:    Capacity
-- grain:    one row per row of the extract, with what became of it
-- key:      date
-- versions: moment(date), hour, language
-- required: date, staffed_min
-- optional: hour, language
-- dates:    date
-- numbers:  staffed_min, hour
-- bounds:   staffed_min 0..1440000 min, hour 0..23
-- categories: language
with

typed as (

    select
        *,
        moment(date) as date_typed,
        try_cast(staffed_min as double) as staffed_min_typed,
        try_cast(hour as double) as hour_typed
    from source_capacity

),

judged as (

    select
        typed.*,
        coalesce(
            fault,
            problem(typed.date is null, 'MISSING_VALUE', 'date', typed.date),
            problem(typed.staffed_min is null, 'MISSING_VALUE', 'staffed_min', typed.staffed_min),
            problem(typed.date is not null and date_typed is null, 'BAD_DATE', 'date', typed.date),
            problem(year(date_typed) not between 1990 and 2100, 'DATE_RANGE', 'date', typed.date),
            problem(typed.staffed_min is not null and staffed_min_typed is null, 'BAD_NUMBER', 'staffed_min', typed.staffed_min),
            problem(typed.hour is not null and hour_typed is null, 'BAD_NUMBER', 'hour', typed.hour)
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
            when date_typed::date > $as_of::date then 'excluded'
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
    date_typed as date,
    staffed_min_typed as staffed_min,
    hour_typed as hour,
    language
from decided
