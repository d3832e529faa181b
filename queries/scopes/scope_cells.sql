-- The chosen units on one journey, counted in one pass both by the day they set out (is_cohort: scope_cohort) and by how long they
-- were followed and how that ended (scope_journeys).
create or replace macro scope_cells(wanted, scope) as table
select
    slice,
    channel,
    grouping(started_on) = 0 as is_cohort,
    started_on,
    ages_per_day,
    entry_age,
    exit_age,
    ending,
    sum(unit_count)::bigint as unit_count,
    coalesce(sum(unit_count) filter (where is_crowd), 0)::bigint as crowd_count,
    coalesce(sum(amount_sum), 0)::double as amount_sum,
    coalesce(sum(amount_square_sum), 0)::double as amount_square_sum
from scope_units(wanted, scope)
group by grouping sets ((slice, channel, started_on, ages_per_day), (slice, channel, entry_age, exit_age, ending));
