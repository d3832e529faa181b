-- The calls that come in (direction inbound) of the chosen days up to as_of, one row each, with how they ended for the caller
-- (caller_ending_of). wait_seconds is the time until answer, voicemail or hang-up: that in the queue, else the clock's; stamps of full
-- minutes on both sides are too coarse for it. is_told: do the calls of the file know both ends? One with answered calls only has no
-- lost ones. cluster_id: the number of the lead, of a call that names none a number of its own beyond all leads.
create or replace macro scope_incoming_calls(scope) as table
with
recorded as (
    select coalesce(bool_or(talk_seconds > 0), false) as has_talk
    from snapshot.fact_calls
    where started_on <= scope['as_of']::date
),
file as (
    select coalesce(bool_or(ending = 'answered') and bool_or(ending <> 'answered'), false) as is_told
    from (
        select
            caller_ending_of(
                calls.is_conversation, calls.disposition, calls.answered_at, calls.talk_seconds, recorded.has_talk
            ) as ending
        from snapshot.fact_calls as calls
        cross join recorded
        where calls.direction = 'inbound' and calls.started_on <= scope['as_of']::date
    ) as endings
),
incoming as (
    select
        calls.*,
        caller_ending_of(
            calls.is_conversation, calls.disposition, calls.answered_at, calls.talk_seconds, recorded.has_talk
        ) as ending
    from scope_calls(scope) as calls
    cross join recorded
    where calls.direction = 'inbound'
)
select
    incoming.slice,
    incoming.channel,
    incoming.call_id,
    incoming.lead_id,
    coalesce(incoming.lead, 4294967296 + incoming.lone_call) as cluster_id,
    incoming.ending,
    coalesce(incoming.disposition = 'unreachable' and incoming.talk_seconds > 0, false) as is_disputed,
    coalesce(
        case when incoming.queue_seconds >= 0 then incoming.queue_seconds end,
        case
            when incoming.ending in ('answered', 'voicemail') then clocked_seconds(incoming.started_at, incoming.answered_at)
            when incoming.ending = 'hung_up' and incoming.answered_at is null and coalesce(incoming.talk_seconds, 0) = 0
                then clocked_seconds(incoming.started_at, incoming.ended_at)
        end
    ) as wait_seconds,
    file.is_told
from incoming
cross join file;
