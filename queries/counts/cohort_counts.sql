-- title:  Leads by the day they were created
-- grain:  one row per day of creation and channel, source, segment, region
-- Additive: any split of the leads sums to the whole. Serves the maturity gate exactly, by the day.
select
    created_on,
    channel,
    source,
    segment,
    region,
    count(*)::bigint as lead_count
from snapshot.fact_leads
where created_on <= $as_of::date
group by all
order by all;
