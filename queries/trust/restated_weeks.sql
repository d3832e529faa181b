-- title:  What an earlier week said, and what it says now
-- grain:  one row per measure, week, channel and currency whose rows changed since the snapshot before
-- A figure whose rows changed and which is as it was stands here too, with a difference of 0. Amounts of several currencies are
-- rows of their own; an amount is unknown where deals were won and none of them says what it is worth.
with

figures as (

    select
        measure,
        week_on,
        channel,
        null::varchar as currency,
        count(*) filter (where not is_now)::double as was,
        count(*) filter (where is_now)::double as says_now
    from dated_events
    group by measure, week_on, channel
    union all
    select
        'won amount' as measure,
        week_on,
        channel,
        currency,
        case when count(*) filter (where not is_now) = 0 then 0 else sum(amount) filter (where not is_now)::double end as was,
        case when count(*) filter (where is_now) = 0 then 0 else sum(amount) filter (where is_now)::double end as says_now
    from dated_events
    where measure = 'won'
    group by week_on, channel, currency

),

-- A row touches the figure that it left and the one that it came to; one that stayed in its week and channel, only the amount.
touched as (

    select measure, kind, row_id, was_week_on as week_on, was_channel as channel, null::varchar as currency
    from snapshot.restated_rows
    where was_on is not null and (was_week_on is distinct from now_week_on or was_channel is distinct from now_channel)
    union all
    select measure, kind, row_id, now_week_on, now_channel, null
    from snapshot.restated_rows
    where now_on is not null and (was_week_on is distinct from now_week_on or was_channel is distinct from now_channel)
    union all
    select 'won amount', kind, row_id, was_week_on, was_channel, was_currency
    from snapshot.restated_rows
    where measure = 'won' and was_on is not null
    union all
    select 'won amount', kind, row_id, now_week_on, now_channel, now_currency
    from snapshot.restated_rows
    where measure = 'won' and now_on is not null

),

counted as (

    select
        measure,
        week_on,
        channel,
        currency,
        count(distinct row_id) filter (where kind = 'late') as late_count,
        count(distinct row_id) filter (where kind = 'gone') as gone_count,
        count(distinct row_id) filter (where kind = 'changed') as changed_count
    from touched
    group by measure, week_on, channel, currency

)

select
    figures.measure,
    figures.week_on,
    figures.channel,
    figures.currency,
    figures.was,
    figures.says_now,
    figures.says_now - figures.was as difference,
    counted.late_count,
    counted.gone_count,
    counted.changed_count
from figures
inner join counted
    on
        figures.measure = counted.measure
        and figures.week_on = counted.week_on
        and figures.channel = counted.channel
        and figures.currency is not distinct from counted.currency
order by figures.week_on desc, figures.measure asc, figures.channel asc, figures.currency asc
