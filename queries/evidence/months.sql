-- title:  What each stream recorded, month by month
-- grain:  one row per stream and month
select
    stream,
    date_trunc('month', event_on)::date as month_on,
    sum(event_count)::bigint as event_count
from recorded_events
group by all
order by all
