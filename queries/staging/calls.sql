-- title:    Calls
-- grain:    one row per row of the extract, with what became of it
-- key:      call_id
-- required: call_id, started_at
-- optional: lead_id, account_id, rep_id, team, shift, direction, answered_at, ended_at, talk_s, wrap_s, queue_s,
--           outcome_code, reached_role, objection_raised, transferred, misroute, callback_due_at, callback_of,
--           next_step_due, language, script_version, crm_logged_at, phone, campaign, notes, do_not_call, content_used
-- decides:  lead_id, direction, answered_at, talk_s, queue_s, outcome_code, callback_due_at
-- dates:    started_at, answered_at, ended_at, callback_due_at, next_step_due, crm_logged_at
-- ids:      call_id, lead_id, account_id, callback_of
-- people:   rep_id
-- categories: rep_id as rep, team, shift, language, campaign
-- answers:  content_used
-- private:  phone, notes
-- numbers:  talk_s, wrap_s, queue_s
-- flags:    objection_raised, transferred, misroute, do_not_call
-- bounds:   talk_s 0..86400 s rarely 10000, wrap_s 0..86400 s rarely 10000, queue_s 0..86400 s rarely 10000
-- order:    started_at <= answered_at <= ended_at <= crm_logged_at, started_at <= callback_due_at, started_at <= next_step_due
with

typed as (

    select
        *,
        case when direction in ('inbound', 'outbound') then direction else fold(direction) end as plain_direction,
        moment(started_at) as started_moment,
        moment(answered_at) as answered_moment,
        moment(ended_at) as ended_moment,
        moment(callback_due_at) as callback_due_moment,
        moment(next_step_due) as next_step_moment,
        moment(crm_logged_at) as logged_moment,
        try_cast(talk_s as double) as talk_number,
        try_cast(wrap_s as double) as wrap_number,
        try_cast(queue_s as double) as queue_number,
        try_cast(objection_raised as boolean) as objection_flag,
        try_cast(transferred as boolean) as transferred_flag,
        try_cast(misroute as boolean) as misroute_flag,
        try_cast(do_not_call as boolean) as do_not_call_flag
    from source_calls

),

judged as (

    select
        typed.*,
        lead_aliases.kept_lead_id,
        coalesce(
            fault,
            problem(call_id is null, 'MISSING_VALUE', 'call_id', call_id),
            problem(started_at is null, 'MISSING_VALUE', 'started_at', started_at),
            problem(started_moment is null, 'BAD_DATE', 'started_at', started_at),
            problem(year(started_moment) not between 1990 and 2100, 'DATE_RANGE', 'started_at', started_at),
            problem(talk_s is not null and talk_number is null, 'BAD_NUMBER', 'talk_s', talk_s),
            problem(answered_at is not null and answered_moment is null, 'BAD_DATE', 'answered_at', answered_at),
            problem(year(answered_moment) not between 1990 and 2100, 'DATE_RANGE', 'answered_at', answered_at),
            problem(ended_at is not null and ended_moment is null, 'BAD_DATE', 'ended_at', ended_at),
            problem(year(ended_moment) not between 1990 and 2100, 'DATE_RANGE', 'ended_at', ended_at),
            problem(callback_due_at is not null and callback_due_moment is null, 'BAD_DATE', 'callback_due_at', callback_due_at),
            problem(year(callback_due_moment) not between 1990 and 2100, 'DATE_RANGE', 'callback_due_at', callback_due_at),
            problem(next_step_due is not null and next_step_moment is null, 'BAD_DATE', 'next_step_due', next_step_due),
            problem(year(next_step_moment) not between 1990 and 2100, 'DATE_RANGE', 'next_step_due', next_step_due),
            problem(crm_logged_at is not null and logged_moment is null, 'BAD_DATE', 'crm_logged_at', crm_logged_at),
            problem(year(logged_moment) not between 1990 and 2100, 'DATE_RANGE', 'crm_logged_at', crm_logged_at),
            problem(wrap_s is not null and wrap_number is null, 'BAD_NUMBER', 'wrap_s', wrap_s),
            problem(queue_s is not null and queue_number is null, 'BAD_NUMBER', 'queue_s', queue_s),
            problem(objection_raised is not null and objection_flag is null, 'UNKNOWN_VALUE', 'objection_raised', objection_raised),
            problem(transferred is not null and transferred_flag is null, 'UNKNOWN_VALUE', 'transferred', transferred),
            problem(misroute is not null and misroute_flag is null, 'UNKNOWN_VALUE', 'misroute', misroute),
            problem(do_not_call is not null and do_not_call_flag is null, 'UNKNOWN_VALUE', 'do_not_call', do_not_call),
            problem(plain_direction not in ('inbound', 'outbound'), 'UNKNOWN_VALUE', 'direction', direction),
            problem(started_moment::date > $policy['known_until']::date, 'FUTURE', 'started_at', started_at),
            problem(is_conflicting, 'CONFLICTING_ROWS', 'call_id', call_id)
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
            when started_moment::date > $as_of::date then 'excluded'
            when kept_lead_id is null and $policy['orphan_calls'] = 'exclude' then 'excluded'
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
            coalesce(excluded_by, case when started_moment::date > $as_of::date then 'AFTER_AS_OF' else 'LEAD_NOT_FOUND' end)
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    call_id,
    kept_lead_id as lead_id,
    lead_id as source_lead_id,
    is_by_person,
    account_id,
    rep_id,
    team,
    plain_direction as direction,
    direction as direction_text,
    started_moment as started_at,
    case when (plain_stamp(started_moment) is distinct from started_at) then started_at end as started_text,
    talk_number as talk_seconds,
    wrap_number as wrap_seconds,
    queue_number as queue_seconds,
    shift,
    answered_moment as answered_at,
    ended_moment as ended_at,
    callback_due_moment as callback_due_at,
    callback_of,
    next_step_moment as next_step_due,
    logged_moment as crm_logged_at,
    reached_role,
    objection_flag as is_objection_raised,
    transferred_flag as is_transferred,
    misroute_flag as is_misrouted,
    language,
    script_version,
    content_used,
    outcome_code,
    -- Legs are told from calls once all rows are judged (queries/derived/call_legs.sql).
    null::varchar as leg_of,
    -- Of the notes only the kind of what must not stand there comes so far.
    sensitive as sensitive_kind,
    campaign,
    do_not_call_flag as is_do_not_call
from decided
