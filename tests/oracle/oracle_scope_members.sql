-- The chosen units by the account they belong to, as cells: an account that holds several units has a row for each of its cells
-- (alike is 1, unit_count units); units alone in their account, or without one, are put together by cell, which stands for
-- `alike` accounts of one unit each. Units never at risk are left out.
create or replace macro oracle_scope_members(wanted, scope) as table
with
shared as (
    select *
    from oracle_scope_accounts(wanted, scope)
    where exit_age > entry_age
),
single_cells as (
    select
        slice,
        channel,
        entry_age,
        exit_age,
        ending,
        sum(unit_count)::bigint as unit_count
    from (
        select slice, channel, entry_age, exit_age, ending, unit_count
        from oracle_scope_journeys(wanted, scope)
        where exit_age > entry_age
        union all
        select slice, channel, entry_age, exit_age, ending, -unit_count
        from shared
    ) as signed
    group by all
    having sum(unit_count) > 0
)
select slice, channel, account_id, 'shared' as cell, 1 as alike, entry_age, exit_age, ending, unit_count
from shared
union all
select
    slice,
    channel,
    null as account_id,
    concat_ws(' ', entry_age, exit_age, ending) as cell,
    unit_count as alike,
    entry_age,
    exit_age,
    ending,
    1 as unit_count
from single_cells;
