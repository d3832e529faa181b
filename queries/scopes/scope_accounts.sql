-- The chosen units that may share their account with another one on the same journey, as additive cells of an account. Units
-- that are alone in theirs, or have none, are not here: scope_journeys counts them with all others. From the counts of the
-- snapshot where whole weeks are asked for, else from the rows: the same either way.
create or replace macro scope_accounts(wanted, scope) as table
with
cells as (
    select
        account_id, cohort_week as started_on, channel, source, segment, region, entry_age, exit_age, ending, unit_count
    from snapshot.account_counts
    where scope['reads'] = 'counts' and is_wanted(wanted, journey, is_timed)
    union all
    select account_id, started_on, channel, source, segment, region, entry_age, exit_age, ending, 1 as unit_count
    from journey_rows
    where
        scope['reads'] = 'facts'
        and is_wanted(wanted, journey, is_timed)
        and known_on = scope['as_of']::date
        and assuming is not distinct from scope['assuming']::varchar
        and account_id in (
            select account_id
            from journey_rows
            where
                scope['reads'] = 'facts'
                and is_wanted(wanted, journey, true)
                and known_on = scope['as_of']::date
                and assuming is not distinct from scope['assuming']::varchar
            group by account_id
            having count(*) > 1
        )
)
select
    cohort_slice_of(scope, started_on, source, segment, region) as slice,
    channel,
    account_id,
    entry_age,
    exit_age,
    ending,
    sum(unit_count)::bigint as unit_count
from cells
where
    in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region)
group by all;
