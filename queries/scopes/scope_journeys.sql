-- The chosen units on one journey, as additive cells: entry_age, exit_age, ending, unit_count, how many of them are of a
-- crowd (crowd_count: clustered_incidence), and what was won on arrival (amount_sum, amount_square_sum).
create or replace macro scope_journeys(wanted, scope) as table
select
    slice,
    channel,
    entry_age,
    exit_age,
    ending,
    sum(unit_count)::bigint as unit_count,
    coalesce(sum(unit_count) filter (where is_crowd), 0)::bigint as crowd_count,
    coalesce(sum(amount_sum), 0)::double as amount_sum,
    coalesce(sum(amount_square_sum), 0)::double as amount_square_sum
from scope_units(wanted, scope)
group by all;
