-- The chosen units of one journey, one row each: the rows behind every figure of it. `ages` are the days (or minutes) of
-- inbound and outbound at which it is read, as in $horizon. is_old_enough: followed for that age (scope_potential counts the
-- same); is_followed: has a complete day behind it, else it is never at risk; is_counted: arrived by that age, an event of
-- the curve. age is where following ended: arrival, a competing end, or the as-of date.
create or replace macro journey_units(wanted, scope, ages) as table
select
    slice_of(scope, source, segment, region) as slice,
    channel,
    unit_id,
    lead_id,
    unit_account_id as account_id,
    source,
    segment,
    region,
    started_on,
    entry_age,
    exit_age as age,
    ending,
    amount,
    exit_age > entry_age as is_followed,
    date_diff('day', started_on, scope['as_of']::date) * ages_per_day >= greatest(horizon_of(ages, channel), 1) as is_old_enough,
    ending = 'reached' and exit_age > entry_age and exit_age <= horizon_of(ages, channel) as is_counted
from units_told(wanted, scope, true)
where
    started_on <= scope['as_of']::date
    and in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region);
