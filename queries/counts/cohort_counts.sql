-- title:  Units by the day they set out
-- grain:  one row per journey, day of setting out, channel, source, segment and region
-- Additive: any split of the units sums to the whole. Serves the maturity gate exactly, by the day.
select
    journey,
    started_on,
    channel,
    source,
    segment,
    region,
    ages_per_day,
    count(*)::bigint as unit_count
from journeys_as_of($as_of::date)
group by all
order by all
