-- title:  Calls
-- grain:  one row per call
-- As the extract tells them; queries/counts/fact_calls.sql puts them in the order of their leads.
-- A conversation is a call that a person answered: voicemail, busy and a gatekeeper are not. A code without an entry in
-- the settings stays `unmapped`: it is neither. A campaign may mean something else by a code (campaign_dispositions): its own
-- meaning goes first, and holds for calls of that campaign only (the call's, else that of its lead). The legs of a
-- transferred call are one call: their talk time is added up, direction and outcome are those of the first.
with

legs as (

    select
        leg_of as call_id,
        sum(talk_seconds) as talk_seconds,
        max(ended_at) as ended_at
    from spelt_calls
    where leg_of is not null
    group by leg_of

),

own_meanings as (

    select
        calls.call_id,
        any_value(dispositions.disposition) as disposition
    from spelt_calls as calls
    left join spelt_leads as leads on calls.lead_id = leads.lead_id and leads.fate = 'used'
    inner join dispositions
        on
            fold(calls.outcome_code) = dispositions.code
            and fold(coalesce(calls.campaign, leads.campaign_id)) = dispositions.campaign
    where calls.fate = 'used' and dispositions.campaign is not null
    group by calls.call_id

),

-- Each code is folded once, not once for every call.
code_meanings as (

    select
        codes.outcome_code,
        dispositions.disposition
    from (select distinct outcome_code from spelt_calls) as codes
    inner join dispositions on fold(codes.outcome_code) = dispositions.code and dispositions.campaign is null

),

meanings as (

    select
        calls.* replace (
            coalesce(calls.talk_seconds + legs.talk_seconds, calls.talk_seconds, legs.talk_seconds) as talk_seconds,
            coalesce(greatest(calls.ended_at, legs.ended_at), calls.ended_at) as ended_at
        ),
        coalesce(own_meanings.disposition, code_meanings.disposition, 'unmapped') as disposition
    from spelt_calls as calls
    left join legs using (call_id)
    left join own_meanings using (call_id)
    left join code_meanings on calls.outcome_code = code_meanings.outcome_code
    where calls.fate = 'used'

)

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
    -- Due before it was promised: nobody knows when it is due.
    case when not is_before(callback_due_at, started_at) then callback_due_at end as callback_due_at,
    callback_of,
    next_step_due as next_step_due_at,
    crm_logged_at,
    fold(reached_role) as reached_role,
    is_objection_raised,
    is_transferred,
    is_misrouted,
    language,
    script_version,
    content_used,
    outcome_code,
    disposition,
    coalesce(
        disposition in (
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
from meanings
