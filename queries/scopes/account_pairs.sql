-- What two units of one account add to the sum of squared influences, by age, for every pair of the chosen units of accounts that
-- are no crowd. Each leaves the risk set once (incidence_leaving), so a pair changes twice: with F the share and R the open
-- influence at an age, the product of both influences is R * R while both are open, (base + slope * F) * R from the first exit on,
-- and (base + slope * F) * (base' + slope' * F) from the last one on. Rows are changes of sums, so running sums over the ages serve
-- every age of the curve. channel and other_channel: of one curve (both alike), or of inbound and outbound of one slice; then
-- base and slope are of inbound, those with other_ of outbound. mate_count: units beside the first of their account in their
-- curve; shared_count: accounts met by both channels. Products are whole numbers of 2^-44 (fixed).
create or replace macro account_pairs(wanted, scope) as table
with
units as materialized (
    select
        units.account,
        row_number() over () as unit_number,
        units.unit_count,
        units.exit_age,
        leaving.curve,
        leaving.slice_number,
        leaving.channel = 'inbound' as is_inbound,
        leaving.channel in ('inbound', 'outbound') as is_compared,
        leaving.base,
        leaving.slope
    from scope_units(wanted, scope) as units
    inner join incidence_leaving(wanted, scope) as leaving
        on
            units.slice = leaving.slice
            and units.channel = leaving.channel
            and units.exit_age = leaving.exit_age
            and units.ending = leaving.ending
    where units.account is not null and not units.is_crowd and units.exit_age > units.entry_age
),
-- Alike units stand in one row: a row with itself is a pair too, as often as its units pair up. Inbound stands first.
pairs as materialized (
    select
        one.account,
        one.curve,
        other.curve as other_curve,
        one.unit_count * other.unit_count as pair_count,
        one.exit_age,
        other.exit_age as other_exit_age,
        one.base,
        one.slope,
        other.base as other_base,
        other.slope as other_slope
    from units as one
    inner join units as other
        on
            one.account = other.account
            and one.slice_number = other.slice_number
            and (
                (one.curve = other.curve and one.unit_number < other.unit_number)
                or (one.is_inbound and not other.is_inbound and other.is_compared)
            )
    union all
    select
        account,
        curve,
        curve as other_curve,
        unit_count * (unit_count - 1) // 2 as pair_count,
        exit_age,
        exit_age as other_exit_age,
        base,
        slope,
        base as other_base,
        slope as other_slope
    from units
    where unit_count > 1
),
changes as (
    -- Both open, from the first day on.
    select
        curve,
        other_curve,
        0 as age_days,
        0::hugeint as base_base,
        0::hugeint as base_slope,
        0::hugeint as slope_base,
        0::hugeint as slope_slope,
        0::hugeint as base_open,
        0::hugeint as open_base,
        0::hugeint as slope_open,
        0::hugeint as open_slope,
        sum(pair_count)::hugeint as open_open
    from pairs
    group by curve, other_curve
    union all
    -- The first has left.
    select
        curve,
        other_curve,
        least(exit_age, other_exit_age) as age_days,
        0 as base_base,
        0 as base_slope,
        0 as slope_base,
        0 as slope_slope,
        sum(pair_count * fixed(base)) filter (where exit_age <= other_exit_age) as base_open,
        sum(pair_count * fixed(other_base)) filter (where exit_age > other_exit_age) as open_base,
        sum(pair_count * fixed(slope)) filter (where exit_age <= other_exit_age) as slope_open,
        sum(pair_count * fixed(other_slope)) filter (where exit_age > other_exit_age) as open_slope,
        -sum(pair_count)::hugeint as open_open
    from pairs
    group by all
    union all
    -- Both have left.
    select
        curve,
        other_curve,
        greatest(exit_age, other_exit_age) as age_days,
        sum(pair_count * fixed(base * other_base)) as base_base,
        sum(pair_count * fixed(base * other_slope)) as base_slope,
        sum(pair_count * fixed(slope * other_base)) as slope_base,
        sum(pair_count * fixed(slope * other_slope)) as slope_slope,
        -sum(pair_count * fixed(base)) filter (where exit_age <= other_exit_age) as base_open,
        -sum(pair_count * fixed(other_base)) filter (where exit_age > other_exit_age) as open_base,
        -sum(pair_count * fixed(slope)) filter (where exit_age <= other_exit_age) as slope_open,
        -sum(pair_count * fixed(other_slope)) filter (where exit_age > other_exit_age) as open_slope,
        0 as open_open
    from pairs
    group by all
),
mates as (
    select
        curve,
        curve as other_curve,
        0 as age_days,
        sum(unit_count) - count(distinct account) as mate_count,
        0 as shared_count
    from units
    group by curve
    union all
    select
        curve,
        other_curve,
        0 as age_days,
        0 as mate_count,
        count(distinct account) as shared_count
    from pairs
    where curve <> other_curve
    group by curve, other_curve
),
curves as (
    select distinct curve, slice, channel
    from incidence_leaving(wanted, scope)
)
select
    one.slice,
    one.channel,
    other.channel as other_channel,
    changes.age_days,
    coalesce(sum(changes.base_base), 0) as base_base,
    coalesce(sum(changes.base_slope), 0) as base_slope,
    coalesce(sum(changes.slope_base), 0) as slope_base,
    coalesce(sum(changes.slope_slope), 0) as slope_slope,
    coalesce(sum(changes.base_open), 0) as base_open,
    coalesce(sum(changes.open_base), 0) as open_base,
    coalesce(sum(changes.slope_open), 0) as slope_open,
    coalesce(sum(changes.open_slope), 0) as open_slope,
    coalesce(sum(changes.open_open), 0) as open_open,
    coalesce(sum(changes.mate_count), 0)::bigint as mate_count,
    coalesce(sum(changes.shared_count), 0)::bigint as shared_count
from (
    select * from changes
    union all by name
    select * from mates
) as changes
inner join curves as one on changes.curve = one.curve
inner join curves as other on changes.other_curve = other.curve
group by all;
