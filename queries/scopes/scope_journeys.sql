-- The chosen units on one journey, as additive cells: entry_age, exit_age, ending, unit_count, and what was won on arrival
-- (amount_sum, amount_square_sum). From the counts of the snapshot where whole weeks are asked for, else from the rows:
-- the same figures either way.
create or replace macro scope_journeys(wanted, scope) as table
with
cells as (
    select
        cohort_week as started_on, channel, source, segment, region, entry_age, exit_age, ending, unit_count,
        amount_sum, amount_square_sum
    from snapshot.journey_counts
    where scope['reads'] = 'counts' and is_wanted(wanted, journey, is_timed)
    union all
    select
        started_on, channel, source, segment, region, entry_age, exit_age, ending, 1 as unit_count,
        amount as amount_sum, amount::decimal(38, 4) * amount as amount_square_sum
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
    entry_age,
    exit_age,
    ending,
    sum(unit_count)::bigint as unit_count,
    coalesce(sum(amount_sum), 0)::double as amount_sum,
    coalesce(sum(amount_square_sum), 0)::double as amount_square_sum
from cells
where
    in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region)
group by all;
