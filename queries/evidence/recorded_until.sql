-- title:  The end of recording: the default as-of date
-- grain:  one row
-- The last lead, call, meeting or creation of an opportunity, and closings of the week after. A closing date is filled in
-- by hand: farther beyond, it is a plan or a mistake, and no record.
with

recorded as (

    select max(recorded_at)::date as recorded_until
    from (
        select max(created_at) as recorded_at
        from staged_leads
        where fate = 'used'
        union all
        select max(started_at)
        from staged_calls
        where fate = 'used'
        union all
        select max(coalesce(held_at, booked_at))
        from staged_meetings
        where fate = 'used'
        union all
        select max(created_at)
        from staged_opportunities
        where fate = 'used'
    )

),

closed as (

    select max(closed_at)::date as closed_on
    from staged_opportunities
    where fate = 'used' and closed_at::date <= (from recorded) + 7

)

select greatest(recorded.recorded_until, closed.closed_on) as recorded_until
from recorded
cross join closed
