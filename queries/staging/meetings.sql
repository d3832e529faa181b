-- title:    Meetings
-- grain:    one row per row of the extract, with what became of it
-- key:      meeting_id
-- required: meeting_id, lead_id
-- optional: booked_at, scheduled_at, held_at, status
-- decides:  booked_at, scheduled_at, held_at, status
-- dates:    booked_at, scheduled_at, held_at
-- ids:      meeting_id, lead_id
-- order:    booked_at <= held_at
-- apart:    scheduled_at
with

typed as (

    select
        *,
        moment(booked_at) as booked_moment,
        moment(scheduled_at) as scheduled_moment,
        moment(held_at) as held_moment
    from source_meetings

),

judged as (

    select
        typed.*,
        lead_aliases.kept_lead_id,
        coalesce(
            fault,
            problem(meeting_id is null, 'MISSING_VALUE', 'meeting_id', meeting_id),
            problem(typed.lead_id is null, 'MISSING_VALUE', 'lead_id', typed.lead_id),
            problem(booked_at is not null and booked_moment is null, 'BAD_DATE', 'booked_at', booked_at),
            problem(year(booked_moment) not between 1990 and 2100, 'DATE_RANGE', 'booked_at', booked_at),
            problem(scheduled_at is not null and scheduled_moment is null, 'BAD_DATE', 'scheduled_at', scheduled_at),
            problem(year(scheduled_moment) not between 1990 and 2100, 'DATE_RANGE', 'scheduled_at', scheduled_at),
            problem(held_at is not null and held_moment is null, 'BAD_DATE', 'held_at', held_at),
            problem(year(held_moment) not between 1990 and 2100, 'DATE_RANGE', 'held_at', held_at),
            problem(coalesce(booked_moment, scheduled_moment, held_moment) is null, 'MISSING_VALUE', 'scheduled_at', null),
            problem(
                status is not null and fold(status) not in ('held', 'noshow', 'cancelled', 'booked'),
                'UNKNOWN_VALUE', 'status', status
            ),
            problem(held_moment is not null and fold(status) in ('noshow', 'cancelled'), 'HELD_BUT_NOT', 'status', status),
            problem(booked_moment::date > $policy['known_until']::date, 'FUTURE', 'booked_at', booked_at),
            problem(held_moment::date > $policy['known_until']::date, 'FUTURE', 'held_at', held_at),
            problem(is_conflicting, 'CONFLICTING_ROWS', 'meeting_id', meeting_id)
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
            -- A meeting scheduled for later is no event yet; one held or booked after as_of is.
            when coalesce(held_moment, booked_moment)::date > $as_of::date then 'excluded'
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
            coalesce(
                excluded_by,
                case when coalesce(held_moment, booked_moment)::date > $as_of::date then 'AFTER_AS_OF' else 'LEAD_NOT_FOUND' end
            )
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    meeting_id,
    kept_lead_id as lead_id,
    lead_id as source_lead_id,
    is_by_person,
    booked_moment as booked_at,
    scheduled_moment as scheduled_at,
    held_moment as held_at,
    case fold(status) when 'noshow' then 'no_show' else fold(status) end as status
from decided
