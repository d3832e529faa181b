-- The chosen units on one journey, as additive cells: entry_age, exit_age, ending, unit_count, how many of them are of a
-- crowd (crowd_count: clustered_incidence), and what was won on arrival (amount_sum, amount_square_sum).
create or replace macro scope_journeys(wanted, scope) as table
select slice, channel, entry_age, exit_age, ending, unit_count, crowd_count, amount_sum, amount_square_sum
from scope_cells(wanted, scope)
where not is_cohort;
