-- title:  Calls
-- grain:  one row per call
-- A conversation is a call that a person answered: voicemail, busy and a gatekeeper are not. A code without an entry in
-- the mapping stays `unmapped`: it is neither.
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
    case
        when fold(outcome_code) in ('qualified', 'nofit', 'voicemail', 'unreachable')
            then case fold(outcome_code) when 'nofit' then 'no_fit' else fold(outcome_code) end
        when fold(outcome_code) = 'meetingbooked' then 'meeting_booked'
        when fold(outcome_code) = 'interestednotready' then 'interested_not_ready'
        when fold(outcome_code) = 'gatekeeperblock' then 'gatekeeper_block'
        when fold(outcome_code) = 'wrongcontact' then 'wrong_contact'
        when fold(outcome_code) = 'callbackrequested' then 'callback_requested'
        when fold(outcome_code) = 'donotcall' then 'do_not_call'
        when fold(outcome_code) = 'connectednoresult' then 'connected_no_result'
        else 'unmapped'
    end as disposition,
    coalesce(
        fold(outcome_code) in (
            'qualified', 'meetingbooked', 'interestednotready', 'nofit', 'callbackrequested', 'connectednoresult', 'donotcall'
        ),
        false
    ) as is_conversation
from staged_calls
where fate = 'used'
order by started_on, call_id
