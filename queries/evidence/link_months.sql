-- title:  How many rows of each link find their partner, by month and channel
-- grain:  one row per extract, partner, kind of key, month of the row and channel; month and channel are null where unknown
select
    extract,
    partner,
    kind,
    date_trunc('month', row_on)::date as month_on,
    channel,
    count(*) filter (not is_keyed) as unkeyed_count,
    count(*) filter (is_keyed and is_matched) as matched_count,
    count(*) filter (is_keyed and not is_matched) as lost_count
from keyed_rows
group by all
order by all
