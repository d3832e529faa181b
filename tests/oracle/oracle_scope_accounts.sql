-- The chosen units that may share their account with another one on the same journey, as additive cells of an account. Units
-- that are alone in theirs, or have none, are not here: scope_journeys counts them with all others. From the rows (oracle_rows).
create or replace macro oracle_scope_accounts(wanted, scope) as table
select
    cohort_slice_of(scope, started_on, source, segment, region) as slice,
    channel,
    account_id,
    entry_age,
    exit_age,
    ending,
    count(*)::bigint as unit_count
from oracle_rows
where
    is_wanted(wanted, journey, is_timed)
    and account_id in (
        select account_id
        from oracle_rows
        where is_wanted(wanted, journey, true)
        group by account_id
        having count(*) > 1
    )
    and in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region)
group by all;
