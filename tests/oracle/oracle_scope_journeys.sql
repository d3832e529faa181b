-- The chosen units on one journey, as additive cells: entry_age, exit_age, ending, unit_count. From the rows (oracle_rows).
create or replace macro oracle_scope_journeys(wanted, scope) as table
select
    cohort_slice_of(scope, started_on, source, segment, region) as slice,
    channel,
    entry_age,
    exit_age,
    ending,
    count(*)::bigint as unit_count
from oracle_rows
where
    is_wanted(wanted, journey, is_timed)
    and in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region)
group by all;
