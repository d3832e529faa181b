-- title:  Calls
-- grain:  one row per call
-- A conversation is a call that a person answered: voicemail, busy and a gatekeeper are not. A code without an entry in
-- the settings stays `unmapped`: it is neither.
select
    call_id,
    lead_id,
    account_id,
    rep_id,
    team,
    direction,
    started_at,
    started_at::date as started_on,
    talk_seconds,
    wrap_seconds,
    queue_seconds,
    shift,
    answered_at,
    ended_at,
    callback_due_at,
    callback_of,
    next_step_due_at,
    crm_logged_at,
    fold(reached_role) as reached_role,
    is_objection_raised,
    is_transferred,
    is_misrouted,
    language,
    script_version,
    outcome_code,
    coalesce(dispositions.disposition, 'unmapped') as disposition,
    coalesce(
        dispositions.disposition in (
            'qualified',
            'meeting_booked',
            'interested_not_ready',
            'no_fit',
            'callback_requested',
            'do_not_call',
            'connected_no_result'
        ),
        false
    ) as is_conversation
from staged_calls as calls
left join dispositions on fold(calls.outcome_code) = dispositions.code
where calls.fate = 'used'
order by started_on, call_id
