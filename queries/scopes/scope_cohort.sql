-- The units of one journey that the reader chose, counted by the day they set out: slice, channel, started_on, unit_count.
-- ages_per_day is 1 where the journey's age is counted in days, 1440 where it is counted in minutes.
create or replace macro scope_cohort(wanted, scope) as table
with
cells as (
    select started_on, channel, source, segment, region, ages_per_day, unit_count
    from snapshot.cohort_counts
    where scope['reads'] = 'counts' and is_wanted(wanted, journey, is_timed)
    union all
    select started_on, channel, source, segment, region, ages_per_day, 1 as unit_count
    from journey_rows
    where
        scope['reads'] = 'facts'
        and is_wanted(wanted, journey, is_timed)
        and known_on = scope['as_of']::date
        and assuming is not distinct from scope['assuming']::varchar
)
select
    cohort_slice_of(scope, started_on, source, segment, region) as slice,
    channel,
    started_on,
    ages_per_day,
    sum(unit_count)::bigint as unit_count
from cells
where
    started_on <= scope['as_of']::date
    and in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region)
group by all;
