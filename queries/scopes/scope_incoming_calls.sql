-- The calls that come in (direction inbound) of the chosen days up to as_of, one row each, with how they ended for the caller:
-- answered by a person of ours, `voicemail`, `hung_up` before anybody answered; null where nothing says it. A mapped outcome goes
-- before the clock, as in every figure: the talk time of an unanswered call is a finding (talk_without_answer). Of a code
-- without an entry the clock decides; no talk means no answer only where talk times are recorded at all.
-- wait_seconds is the time until answer, voicemail or hang-up: that in the queue, else the clock's; stamps of full minutes on both
-- sides are too coarse for it. is_told: do the calls of the file know both ends? One with answered calls only has no lost ones.
create or replace macro scope_incoming_calls(scope) as table
with
recorded as (
    select coalesce(bool_or(talk_seconds > 0), false) as has_talk
    from snapshot.fact_calls
    where started_on <= scope['as_of']::date
),
ended as (
    select
        calls.call_id,
        case
            when calls.is_conversation or calls.disposition in ('gatekeeper_block', 'wrong_contact') then 'answered'
            when calls.disposition = 'voicemail' then 'voicemail'
            when calls.disposition = 'unreachable' then 'hung_up'
            when calls.answered_at is not null or calls.talk_seconds > 0 then 'answered'
            when calls.talk_seconds = 0 and recorded.has_talk then 'hung_up'
        end as ending
    from snapshot.fact_calls as calls
    cross join recorded
    where calls.direction = 'inbound' and calls.started_on <= scope['as_of']::date
),
file as (
    select coalesce(bool_or(ending = 'answered') and bool_or(ending <> 'answered'), false) as is_told
    from ended
)
select
    calls.slice,
    calls.channel,
    calls.call_id,
    calls.lead_id,
    coalesce(calls.lead_id, calls.call_id) as cluster_id,
    ended.ending,
    coalesce(calls.disposition = 'unreachable' and calls.talk_seconds > 0, false) as is_disputed,
    coalesce(
        case when calls.queue_seconds >= 0 then calls.queue_seconds end,
        case
            when ended.ending in ('answered', 'voicemail') then clocked_seconds(calls.started_at, calls.answered_at)
            when ended.ending = 'hung_up' and calls.answered_at is null and coalesce(calls.talk_seconds, 0) = 0
                then clocked_seconds(calls.started_at, calls.ended_at)
        end
    ) as wait_seconds,
    file.is_told
from scope_calls(scope) as calls
inner join ended using (call_id)
cross join file;
