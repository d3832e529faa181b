-- The chosen units on one journey (units_told), those of unit_states as cells of unit_count alike ones, with the number
-- of the account that they share with others, null where a unit is alone.
create or replace macro scope_units(wanted, scope) as table
with
units as (
    select
        channel,
        source,
        segment,
        region,
        started_on,
        ages_per_day,
        account,
        is_crowd,
        entry_age,
        -- A response is followed for a week and the day after; nothing happens later, and open leads of all ages are one cell.
        case when ages_per_day = 1440 and is_of_leads(wanted) then least(exit_age, 11521) else exit_age end as exit_age,
        ending,
        1::bigint as unit_count,
        amount as amount_sum,
        amount::decimal(38, 4) * amount as amount_square_sum
    from units_told(wanted, scope, false)
    union all
    select
        channel,
        source,
        segment,
        region,
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
    from snapshot.unit_states
    where scope['reads'] = 'counts' and not is_of_leads(wanted) and is_wanted(wanted, journey, is_timed)
)
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
from units
where
    started_on <= scope['as_of']::date
    and in_days(scope, started_on)
    and in_scope(scope, channel, source, segment, region);
