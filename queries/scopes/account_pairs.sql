-- What two units of one account add to the sum of squared influences, by age, for every pair of the chosen units of accounts that
-- are no crowd. Each leaves the risk set once (incidence_leaving), so a pair changes twice: with F the share and R the open
-- influence at an age, the product of both influences is R * R while both are open, (base + slope * F) * R from the first exit on,
-- and (base + slope * F) * (base' + slope' * F) from the last one on. Rows are changes of sums, so running sums over the ages serve
-- every age of the curve. channel and other_channel: of one curve (both alike), or of inbound and outbound of one slice; then
-- base and slope are of inbound, those with other_ of outbound. mate_count: units beside the first of their account in their
-- curve; shared_count: accounts met by both channels.
-- Base and slope hang on the exit alone. So the pairs of a first exit are only counted, and for those of a last exit the bases and
-- slopes of the first are summed and multiplied once. Sums over pairs are whole numbers of 2^-44 (fixed).
create or replace macro account_pairs(wanted, scope) as table
with
-- Exits in an order of their own: which unit of a pair is the first does not hang on the order of rows. Units of one pool pair up:
-- those of inbound and outbound in a slice, or of one curve.
exits as materialized (
    select
        *,
        row_number() over (order by exit_age, curve, ending)::integer as turn,
        case when channel in ('inbound', 'outbound') then slice_number else -curve end as pool,
        fixed(base) as whole_base,
        fixed(slope) as whole_slope
    from incidence_leaving(wanted, scope)
),
units as materialized (
    select
        units.account,
        units.unit_count,
        exits.pool,
        exits.curve,
        exits.turn,
        exits.turn * 4294967296 + row_number() over () as place
    from scope_units(wanted, scope) as units
    inner join exits
        on
            units.slice = exits.slice
            and units.channel = exits.channel
            and units.exit_age = exits.exit_age
            and units.ending = exits.ending
    where units.account is not null and not units.is_crowd and units.exit_age > units.entry_age
),
-- Alike units stand in one row: a row with itself is a pair too, as often as its units pair up.
pairs as materialized (
    select
        one.curve as first_curve,
        one.turn as first_turn,
        other.curve as last_curve,
        other.turn as last_turn,
        one.unit_count * other.unit_count as pair_count
    from units as one
    inner join units as other on one.account = other.account and one.pool = other.pool and one.place < other.place
    union all
    select
        curve as first_curve,
        turn as first_turn,
        curve as last_curve,
        turn as last_turn,
        unit_count * (unit_count - 1) // 2 as pair_count
    from units
    where unit_count > 1
),
exits_of_pairs as materialized (
    -- The first has left.
    select
        exits.curve as first_curve,
        firsts.last_curve,
        exits.exit_age as age_days,
        null::hugeint as base_base,
        null::hugeint as base_slope,
        null::hugeint as slope_base,
        null::hugeint as slope_slope,
        firsts.pair_count * exits.whole_base as base_open,
        firsts.pair_count * exits.whole_slope as slope_open,
        -firsts.pair_count as open_open
    from (
        select first_turn, last_curve, sum(pair_count)::hugeint as pair_count
        from pairs
        group by first_turn, last_curve
    ) as firsts
    inner join exits on firsts.first_turn = exits.turn
    union all
    -- Both have left.
    select
        lasts.first_curve,
        exits.curve as last_curve,
        exits.exit_age as age_days,
        fixed(unfixed(lasts.base) * exits.base) as base_base,
        fixed(unfixed(lasts.base) * exits.slope) as base_slope,
        fixed(unfixed(lasts.slope) * exits.base) as slope_base,
        fixed(unfixed(lasts.slope) * exits.slope) as slope_slope,
        -lasts.base as base_open,
        -lasts.slope as slope_open,
        null as open_open
    from (
        select
            pairs.last_turn,
            pairs.first_curve,
            sum(pairs.pair_count * exits.whole_base) as base,
            sum(pairs.pair_count * exits.whole_slope) as slope
        from pairs
        inner join exits on pairs.first_turn = exits.turn
        group by pairs.last_turn, pairs.first_curve
    ) as lasts
    inner join exits on lasts.last_turn = exits.turn
),
curves as (
    select distinct curve, slice, channel
    from exits
),
accounts as materialized (
    select pool, curve, sum(unit_count) as unit_count, count(distinct account) as account_count
    from units
    group by pool, curve
),
changes as (
    select * from exits_of_pairs
    union all by name
    -- Both open, from the first day on.
    select first_curve, last_curve, 0 as age_days, -sum(open_open) as open_open
    from exits_of_pairs
    group by first_curve, last_curve
    union all by name
    select curve as first_curve, curve as last_curve, 0 as age_days, unit_count - account_count as mate_count
    from accounts
    union all by name
    -- Those of inbound and those of outbound, less those of either.
    select
        channels.first_curve,
        channels.last_curve,
        0 as age_days,
        channels.account_count - pools.account_count as shared_count
    from (
        select pool, min(curve) as first_curve, max(curve) as last_curve, sum(account_count) as account_count
        from accounts
        group by pool
        having count(*) = 2
    ) as channels
    inner join (select pool, count(distinct account) as account_count from units group by pool) as pools using (pool)
),
-- base and slope are of the unit that left first; between channels those of inbound stand first.
turned as (
    select
        changes.*,
        one.slice,
        least(one.channel, other.channel) as channel,
        greatest(one.channel, other.channel) as other_channel,
        one.channel > other.channel as is_turned
    from changes
    inner join curves as one on changes.first_curve = one.curve
    inner join curves as other on changes.last_curve = other.curve
)
select
    slice,
    channel,
    other_channel,
    age_days,
    coalesce(sum(base_base), 0) as base_base,
    coalesce(sum(case when is_turned then slope_base else base_slope end), 0) as base_slope,
    coalesce(sum(case when is_turned then base_slope else slope_base end), 0) as slope_base,
    coalesce(sum(slope_slope), 0) as slope_slope,
    coalesce(sum(base_open) filter (where not is_turned), 0) as base_open,
    coalesce(sum(base_open) filter (where is_turned), 0) as open_base,
    coalesce(sum(slope_open) filter (where not is_turned), 0) as slope_open,
    coalesce(sum(slope_open) filter (where is_turned), 0) as open_slope,
    coalesce(sum(open_open), 0) as open_open,
    coalesce(sum(mate_count), 0)::bigint as mate_count,
    coalesce(sum(shared_count), 0)::bigint as shared_count
from turned
group by all;
