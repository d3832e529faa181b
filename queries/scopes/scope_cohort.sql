-- The units of one journey that the reader chose, counted by the day they set out: slice, channel, started_on, unit_count.
-- ages_per_day is 1 where the journey's age is counted in days, 1440 where it is counted in minutes.
create or replace macro scope_cohort(wanted, scope) as table
select slice, channel, started_on, ages_per_day, unit_count
from scope_cells(wanted, scope)
where is_cohort;
