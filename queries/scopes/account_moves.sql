-- The units of crowds, accounts that are walked through unit by unit (clustered_incidence), each at the age at which it leaves the
-- risk set, and at which it enters it where that is not the first day: what it adds to base, slope and open units of its account
-- (incidence_leaving). unit_count enters on the first day, late_count at this age. turn orders the moves of an account.
create or replace macro account_moves(wanted, scope) as table
with
units as (
    select slice, channel, account, entry_age, exit_age, ending, sum(unit_count)::bigint as unit_count
    from scope_units(wanted, scope)
    where exit_age > entry_age and account is not null and is_crowd
    group by all
)
select
    leaving.curve,
    leaving.slice_number,
    leaving.channel = 'outbound' as is_outbound,
    leaving.channel in ('inbound', 'outbound') as is_compared,
    units.account,
    units.exit_age as age_days,
    8 * units.exit_age + 1 + case units.ending when 'reached' then 1 when 'ended' then 2 else 3 end as turn,
    units.entry_age,
    units.unit_count * leaving.base as base,
    units.unit_count * leaving.slope as slope,
    -units.unit_count as open_count,
    case when units.entry_age < 0 then units.unit_count else 0 end as unit_count,
    0::bigint as late_count
from units
inner join incidence_leaving(wanted, scope) as leaving
    on
        units.slice = leaving.slice
        and units.channel = leaving.channel
        and units.exit_age = leaving.exit_age
        and units.ending = leaving.ending
union all
select
    entering.curve,
    entering.slice_number,
    entering.channel = 'outbound' as is_outbound,
    entering.channel in ('inbound', 'outbound') as is_compared,
    units.account,
    units.entry_age + 1 as age_days,
    8 * (units.entry_age + 1) as turn,
    units.entry_age,
    units.unit_count * entering.base as base,
    units.unit_count * entering.slope as slope,
    units.unit_count as open_count,
    0::bigint as unit_count,
    units.unit_count as late_count
from units
inner join incidence_entering(wanted, scope) as entering
    on units.slice = entering.slice and units.channel = entering.channel and units.entry_age = entering.entry_age;
