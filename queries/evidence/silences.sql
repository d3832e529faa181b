-- title:  Times in which a stream recorded nothing, and how many events were to be expected then
-- grain:  one row per silence: before the first event, after the last, or between two
-- Expected: by the pace of the days that are no silence. Where events happen to units (calls to leads), the pace is a rate
-- per unit by channel, source and age in days: a programme that begins later has no units before, and nothing is expected at
-- ages at which nothing was ever recorded. Elsewhere, and where fewer than half
-- of the events belong to a unit, it is the pace of the weeks beside. A silence is looked at from 7 days on at either end
-- and from 14 days on between two events, and only if it is three times as long as nearly all pauses: a weekend, a holiday
-- week and copies taken once a month are none.
with

streams (stream, unit) as (

    values
    ('leads', null), ('calls', 'lead'), ('meetings', 'lead'), ('opportunities', 'lead'), ('closings', 'opportunity'), ('handoffs', 'lead'),
    ('opportunity_changes', 'opportunity'),
    ('call_answers', 'conversation'),
    ('data_checks', 'lead'),
    ('spend', null),
    ('revenue', 'customer'),
    ('time_log', null), ('capacity', null)

),

events as (

    select *
    from recorded_events
    where event_on <= $as_of::date

),

days as (

    select
        stream,
        event_on,
        event_on - lag(event_on) over (partition by stream order by event_on) as pause_days
    from (select distinct stream, event_on from events)

),

ends as (

    select
        days.stream,
        case when coalesce(sum(events.linked_share), 0) >= .5 then streams.unit end as unit,
        min(days.event_on) as first_on,
        max(days.event_on) as last_on,
        coalesce(3 * quantile_disc(days.pause_days, .9), 0) as long_pause
    from days
    inner join streams using (stream)
    left join (
        select stream, sum(event_count) filter (unit_on is not null) / sum(event_count) as linked_share
        from events
        group by stream
    ) as events using (stream)
    group by days.stream, streams.unit

),

starts as (

    select
        ends.stream,
        min(units.unit_on) as start_on
    from ends
    inner join exposed_units as units on units.unit = coalesce(ends.unit, 'lead')
    group by ends.stream

),

silences as (

    select ends.stream, 'before' as place, starts.start_on as from_on, ends.first_on - 1 as to_on
    from ends
    inner join starts using (stream)
    where ends.first_on - starts.start_on >= greatest(7, long_pause)
    union all
    select stream, 'after', last_on + 1, $as_of::date
    from ends
    where $as_of::date - last_on >= greatest(7, long_pause)
    union all
    select days.stream, 'between', days.event_on - days.pause_days::integer + 1, days.event_on - 1
    from days
    inner join ends using (stream)
    where days.pause_days > greatest(14, ends.long_pause)

),

-- How many units had begun by the end of a day.
begun as (

    select
        unit,
        coalesce(channel, '') as channel,
        coalesce(source, '') as source,
        unit_on,
        sum(sum(unit_count)) over (partition by unit, channel, source order by unit_on) as unit_count
    from exposed_units
    group by unit, channel, source, unit_on

),

happened as (

    select
        events.stream,
        ends.unit,
        coalesce(events.channel, '') as channel,
        coalesce(events.source, '') as source,
        greatest(events.event_on - events.unit_on, 0) as age_days,
        sum(events.event_count) as event_count
    from events
    inner join ends using (stream)
    where ends.unit is not null and events.unit_on is not null
    group by all

),

spans as (

    select stream, 'recorded' as place, first_on as from_on, last_on as to_on
    from ends
    union all
    select stream, place, from_on, to_on
    from silences

),

-- A unit reaches an age within a span if it began that many days before: the units begun by then, less those begun earlier.
edges as (

    select
        happened.*,
        spans.place,
        spans.from_on,
        spans.to_on,
        unnest([
            {'begun_by': spans.to_on - happened.age_days::integer, 'sign': 1},
            {'begun_by': spans.from_on - happened.age_days::integer - 1, 'sign': -1}
        ], recursive := true)
    from happened
    inner join spans using (stream)

),

reached as (

    select
        edges.stream,
        edges.channel,
        edges.source,
        edges.age_days,
        edges.event_count,
        edges.place,
        edges.from_on,
        edges.to_on,
        sum(edges.sign * begun.unit_count) as unit_count
    from edges
    asof inner join begun
        on
            edges.unit = begun.unit
            and edges.channel = begun.channel
            and edges.source = begun.source
            and edges.begun_by >= begun.unit_on
    group by all

),

-- The units that reached an age while events were recorded.
watched as (

    select
        stream,
        channel,
        source,
        age_days,
        sum(case place when 'recorded' then unit_count when 'between' then -unit_count end) as unit_count
    from reached
    group by stream, channel, source, age_days

),

-- One event of few units does not stand for many events of many: five at most.
by_unit as (

    select
        reached.stream,
        reached.place,
        reached.from_on,
        reached.to_on,
        sum(reached.event_count * least(reached.unit_count / nullif(watched.unit_count, 0), 5)) as expected_count
    from reached
    inner join watched using (stream, channel, source, age_days)
    where reached.place <> 'recorded'
    group by reached.stream, reached.place, reached.from_on, reached.to_on

),

-- Without units the pace is that of the eight weeks beside the silence, the slower side of a silence between two events: a
-- business that grows does not make its first weeks look like missing ones.
beside as (

    select
        silences.stream,
        silences.place,
        silences.from_on,
        silences.to_on,
        coalesce(sum(events.event_count) filter (events.event_on between silences.from_on - 56 and silences.from_on - 1), 0)
            as count_before,
        coalesce(sum(events.event_count) filter (events.event_on between silences.to_on + 1 and silences.to_on + 56), 0) as count_after
    from silences
    inner join ends using (stream)
    inner join events on silences.stream = events.stream and events.event_on between silences.from_on - 56 and silences.to_on + 56
    where ends.unit is null
    group by silences.stream, silences.place, silences.from_on, silences.to_on

),

by_day as (

    select
        stream,
        place,
        from_on,
        to_on,
        (to_on - from_on + 1) / 56 * case place
            when 'before' then count_after
            when 'after' then count_before
            else least(count_before, count_after)
        end as expected_count
    from beside

)

select
    stream,
    place,
    from_on,
    to_on,
    coalesce(by_unit.expected_count, by_day.expected_count, 0)::double as expected_count
from silences
left join by_unit using (stream, place, from_on, to_on)
left join by_day using (stream, place, from_on, to_on)
order by all
