-- title:  Units by the day they set out
-- grain:  one row per journey, day of setting out, channel, source, segment, region, and whether its time is known
-- Additive: any split of the units sums to the whole. Serves the maturity gate exactly, by the day.
select
    journey,
    started_on,
    channel,
    source,
    segment,
    region,
    ages_per_day,
    is_timed,
    count(*)::bigint as unit_count
from journey_rows
where known_on = $as_of::date and assuming is null
group by all
order by all
