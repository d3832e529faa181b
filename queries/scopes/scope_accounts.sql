-- The chosen units that may share their account with another one on the same journey, as additive cells of an account. Units
-- that are alone in theirs, or have none, are not here: scope_journeys counts them with all others.
create or replace macro scope_accounts(wanted, scope) as table
select
    slice,
    channel,
    account as account_id,
    entry_age,
    exit_age,
    ending,
    sum(unit_count)::bigint as unit_count
from scope_units(wanted, scope)
where account is not null
group by all;
