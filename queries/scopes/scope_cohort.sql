-- The leads the reader chose, counted by the day they were created: slice, channel, created_on, lead_count.
create or replace macro scope_cohort(scope) as table
with
cells as (
    select created_on, channel, source, segment, region, lead_count
    from snapshot.cohort_counts
    where scope['reads'] = 'counts'
    union all
    select created_on, channel, source, segment, region, 1 as lead_count
    from snapshot.fact_leads
    where scope['reads'] = 'facts'
)
select
    slice_of(scope, source, segment, region) as slice,
    channel,
    created_on,
    sum(lead_count)::bigint as lead_count
from cells
where
    created_on <= scope['as_of']::date
    and created_on >= coalesce(scope['from_on']::date, created_on)
    and created_on <= coalesce(scope['to_on']::date, created_on)
    and in_scope(scope, channel, source, segment, region)
group by all;
