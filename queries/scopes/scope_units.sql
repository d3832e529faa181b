-- The chosen units on one journey as cells of unit_count alike ones (cells_told), with the number of the account that they share with
-- others, null where a unit is alone.
create or replace macro scope_units(wanted, scope) as table
select
    cohort_slice_of(scope, started_on, source, segment, region) as slice,
    channel,
    started_on,
    ages_per_day,
    account,
    is_crowd,
    entry_age,
    exit_age,
    ending,
    unit_count,
    amount_sum,
    amount_square_sum
from cells_told(wanted, scope)
where
    started_on <= scope['as_of']::date
    and in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region);
