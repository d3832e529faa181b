-- How a call that came in ended for the caller: answered by a person of ours, `voicemail`, `hung_up` before anybody answered; null
-- where nothing says it. A mapped outcome goes before the clock, as in every figure: the talk time of an unanswered call is a
-- finding (talk_without_answer). Of a code without an entry the clock decides; no talk means no answer only where talk times are
-- recorded at all (has_talk).
create or replace macro caller_ending_of(is_conversation, disposition, answered_at, talk_seconds, has_talk) as
case
    when is_conversation or disposition in ('gatekeeper_block', 'wrong_contact') then 'answered'
    when disposition = 'voicemail' then 'voicemail'
    when disposition = 'unreachable' then 'hung_up'
    when answered_at is not null or talk_seconds > 0 then 'answered'
    when talk_seconds = 0 and has_talk then 'hung_up'
end;
