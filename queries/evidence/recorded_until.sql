-- title:  The end of recording: the default as-of date
-- grain:  one row
-- The last lead, call, meeting or creation of an opportunity, and closings of the week after. A closing date is filled in
-- by hand: farther beyond, it is a plan or a mistake, and no record, unless most closings lie there.
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

closings as (

    select closed_at::date as closed_on
    from staged_opportunities
    where fate = 'used' and closed_at is not null

),

-- The leads of one month, followed for a year: most closings lie beyond the last creation, so they are what was recorded.
followed as (

    select count(*) filter (closed_on > (from recorded) + 7) > count(*) filter (closed_on <= (from recorded) + 7) as is_followed
    from closings

),

-- Each day of a closing beyond, and how long nothing was closed before it.
beyond as (

    select
        closed_on,
        closed_on - lag(closed_on, 1, (from recorded)) over (order by closed_on) as pause_days
    from (select distinct closed_on from closings where closed_on > (from recorded))

),

closed as (

    select max(closed_on) as closed_on
    from (
        select
            closed_on,
            max(pause_days) over (order by closed_on) as longest_pause_days
        from beyond
    )
    where
        closed_on <= (from recorded) + 7
        or (longest_pause_days <= 92 and (from followed))

)

select greatest(recorded.recorded_until, closed.closed_on) as recorded_until
from recorded
cross join closed
