-- title:  Times in which a stream recorded nothing, and how many events were to be expected then
-- grain:  one row per silence: before the first event, after the last, or between two
-- Expected: by the pace of the days that are no silence. Where events happen to units (calls to leads), the pace is a rate
-- per unit and day at risk, by channel, source and week of age: a programme that begins later has no units before, and
-- nothing is expected in the first days of a lead to which things happen after weeks. Elsewhere, and where fewer than half
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

-- Units by the week in which they began; events by how many weeks later they happened. Ages at which nothing was ever
-- recorded expect nothing.
unit_weeks as (

    select
        unit,
        channel,
        source,
        date_trunc('week', unit_on)::date as began_on,
        sum(unit_count) as unit_count
    from exposed_units
    group by all

),

happened as (

    select
        events.stream,
        events.channel,
        events.source,
        least(greatest(events.event_on - date_trunc('week', events.unit_on)::date, 0) // 7, 156) as age_weeks,
        sum(events.event_count) as event_count
    from events
    inner join ends using (stream)
    where ends.unit is not null and events.unit_on is not null
    group by all

),

-- Each week of age of the units of one week, as far as it lies before the as-of date.
at_risk as (

    select
        ends.stream,
        units.channel,
        units.source,
        happened.age_weeks,
        happened.event_count,
        units.unit_count,
        units.began_on + 7 * happened.age_weeks::integer as risk_from,
        least(
            units.began_on + 7 * happened.age_weeks::integer + case when happened.age_weeks = 156 then 100000 else 6 end, $as_of::date
        ) as risk_to,
        ends.first_on,
        ends.last_on
    from ends
    inner join unit_weeks as units using (unit)
    inner join happened
        on
            ends.stream = happened.stream
            and units.channel is not distinct from happened.channel
            and units.source is not distinct from happened.source

),

silent_days as (

    select
        at_risk.stream,
        at_risk.channel,
        at_risk.source,
        at_risk.age_weeks,
        silences.place,
        silences.from_on,
        silences.to_on,
        sum(unit_count * greatest(0, least(risk_to, silences.to_on) - greatest(risk_from, silences.from_on) + 1)) as unit_days
    from at_risk
    inner join silences on at_risk.stream = silences.stream and risk_from <= silences.to_on and risk_to >= silences.from_on
    group by all

),

paces as (

    select
        at_risk.stream,
        at_risk.channel,
        at_risk.source,
        at_risk.age_weeks,
        any_value(at_risk.event_count) / nullif(
            sum(unit_count * greatest(0, least(risk_to, last_on) - greatest(risk_from, first_on) + 1))
            - coalesce(any_value(pauses.unit_days), 0),
            0
        ) as daily_rate
    from at_risk
    left join (
        select stream, channel, source, age_weeks, sum(unit_days) as unit_days
        from silent_days
        where place = 'between'
        group by all
    ) as pauses
        on
            at_risk.stream = pauses.stream
            and at_risk.channel is not distinct from pauses.channel
            and at_risk.source is not distinct from pauses.source
            and at_risk.age_weeks = pauses.age_weeks
    group by all

),

by_unit as (

    select
        silent_days.stream,
        silent_days.place,
        silent_days.from_on,
        silent_days.to_on,
        sum(silent_days.unit_days * paces.daily_rate) as expected_count
    from silent_days
    inner join paces
        on
            silent_days.stream = paces.stream
            and silent_days.channel is not distinct from paces.channel
            and silent_days.source is not distinct from paces.source
            and silent_days.age_weeks = paces.age_weeks
    group by all

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
