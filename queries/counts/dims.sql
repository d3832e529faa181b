-- title:  Channels, sources, segments and regions that occur together
-- grain:  one row per combination that a lead has
-- What a filter and a slice speak of, under one small key: a further cut is a further column here and costs nothing elsewhere.
select
    row_number() over (order by channel, source, segment, region)::integer as dim,
    channel,
    source,
    segment,
    region
from (select distinct channel, source, segment, region from snapshot.fact_leads) as combinations
order by dim
