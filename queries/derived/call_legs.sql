-- title: Legs of transferred calls
-- grain: one row per leg
-- A transferred call goes on as another leg within a minute of its end: one conversation, however it is logged. A leg may be
-- transferred again; all belong to the call that began it. Only leads with a transferred call are looked at. judged_calls: the
-- staged calls that this load judges.
with

calls as (

    select *
    from judged_calls
    where fate = 'used'

),

calls_in_order as (

    select
        file,
        line,
        call_id,
        lead_id,
        started_at,
        coalesce(
            lag(is_transferred) over calls_of_lead
            and started_at <= interval 1 minute + lag(
                coalesce(ended_at, started_at + to_seconds(coalesce(talk_seconds, 0)))
            ) over calls_of_lead,
            false
        ) as is_leg
    from calls
    where lead_id in (select lead_id from calls where is_transferred)
    window calls_of_lead as (partition by lead_id order by started_at, call_id)

)

select
    file,
    line,
    last_value(case when not is_leg then call_id end ignore nulls) over (
        partition by lead_id order by started_at, call_id
    ) as leg_of
from calls_in_order
qualify is_leg
