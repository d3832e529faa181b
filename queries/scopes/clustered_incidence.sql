-- The standard error of the share that reached, by age, where units of one account go together: squares of the influences
-- summed up by account, times G/(G - 1) for the G accounts at risk by then; null for a single one. The square of an account is
-- the squares of its units, which their cells tell, and twice the products of its pairs (account_pairs); a crowd is walked through
-- (account_moves): base, slope and open units of the account change only when a unit of it leaves or enters, and what its square
-- changes then is one row. The influence being base + slope * F + open_count * R, six sums serve every age of the curve; the
-- changes are summed by age, as whole numbers of 2^-44, which have no order, and only the ages are run through.
create or replace macro clustered_incidence(wanted, scope) as table
with
running as (
    select
        *,
        sum(base) over to_here as base_after,
        sum(slope) over to_here as slope_after,
        sum(unit_count) over whole + sum(open_count) over to_here as open_after,
        sum(unit_count) over whole as first_count,
        row_number() over to_here as place
    from account_moves(wanted, scope)
    window
        to_here as (
            partition by curve, account order by turn, entry_age rows between unbounded preceding and current row
        ),
        whole as (partition by curve, account)
),
singles as (
    select
        leaving.curve,
        cells.exit_age,
        cells.entry_age,
        cells.unit_count - cells.crowd_count as alike,
        coalesce(entering.base, 0) as entry_base,
        coalesce(entering.slope, 0) as entry_slope,
        coalesce(entering.base, 0) + leaving.base as exit_base,
        coalesce(entering.slope, 0) + leaving.slope as exit_slope
    from scope_journeys(wanted, scope) as cells
    inner join incidence_leaving(wanted, scope) as leaving
        on
            cells.slice = leaving.slice
            and cells.channel = leaving.channel
            and cells.exit_age = leaving.exit_age
            and cells.ending = leaving.ending
    left join incidence_entering(wanted, scope) as entering
        on cells.slice = entering.slice and cells.channel = entering.channel and cells.entry_age = entering.entry_age
    where cells.exit_age > cells.entry_age and cells.unit_count > cells.crowd_count
),
changes as (
    select
        curve,
        age_days,
        sum(fixed(base * (2 * base_after - base))) as base_base,
        sum(fixed(base_after * slope_after - (base_after - base) * (slope_after - slope))) as base_slope,
        sum(fixed(slope * (2 * slope_after - slope))) as slope_slope,
        sum(fixed(base_after * open_after - (base_after - base) * (open_after - open_count))) as base_open,
        sum(fixed(slope_after * open_after - (slope_after - slope) * (open_after - open_count))) as slope_open,
        sum(open_count * (2 * open_after - open_count))::hugeint as open_open,
        count(*) filter (where place = 1 and first_count = 0) as cluster_count,
        sum(late_count) as unit_count
    from running
    group by curve, age_days
    union all
    select
        curve,
        0 as age_days,
        0 as base_base,
        0 as base_slope,
        0 as slope_slope,
        0 as base_open,
        0 as slope_open,
        sum(first_count * first_count)::hugeint as open_open,
        count(*) as cluster_count,
        sum(first_count) as unit_count
    from running
    where place = 1 and first_count > 0
    group by curve
    union all
    select
        curve,
        exit_age as age_days,
        sum(alike * (fixed(exit_base ** 2) - fixed(entry_base ** 2))) as base_base,
        sum(alike * (fixed(exit_base * exit_slope) - fixed(entry_base * entry_slope))) as base_slope,
        sum(alike * (fixed(exit_slope ** 2) - fixed(entry_slope ** 2))) as slope_slope,
        sum(-alike * fixed(entry_base)) as base_open,
        sum(-alike * fixed(entry_slope)) as slope_open,
        sum(-alike)::hugeint as open_open,
        0 as cluster_count,
        0 as unit_count
    from singles
    group by curve, exit_age
    union all
    select
        curve,
        entry_age + 1 as age_days,
        sum(alike * fixed(entry_base ** 2)) as base_base,
        sum(alike * fixed(entry_base * entry_slope)) as base_slope,
        sum(alike * fixed(entry_slope ** 2)) as slope_slope,
        sum(alike * fixed(entry_base)) as base_open,
        sum(alike * fixed(entry_slope)) as slope_open,
        sum(alike)::hugeint as open_open,
        sum(alike) as cluster_count,
        sum(alike) as unit_count
    from singles
    group by curve, entry_age
    union all
    select
        curves.curve,
        pairs.age_days,
        2 * pairs.base_base as base_base,
        pairs.base_slope + pairs.slope_base as base_slope,
        2 * pairs.slope_slope as slope_slope,
        pairs.base_open + pairs.open_base as base_open,
        pairs.slope_open + pairs.open_slope as slope_open,
        2 * pairs.open_open as open_open,
        -pairs.mate_count as cluster_count,
        0 as unit_count
    from account_pairs(wanted, scope) as pairs
    inner join (select distinct slice, channel, curve from incidence_steps(wanted, scope)) as curves using (slice, channel)
    where pairs.channel = pairs.other_channel
),
by_age as (
    select
        curve,
        age_days,
        sum(base_base) as base_base,
        sum(base_slope) as base_slope,
        sum(slope_slope) as slope_slope,
        sum(base_open) as base_open,
        sum(slope_open) as slope_open,
        sum(open_open) as open_open,
        sum(cluster_count) as cluster_count,
        sum(unit_count) as unit_count
    from changes
    group by curve, age_days
),
sums as (
    select
        curve,
        age_days,
        unfixed(sum(base_base) over to_here) as base_base,
        unfixed(sum(base_slope) over to_here) as base_slope,
        unfixed(sum(slope_slope) over to_here) as slope_slope,
        unfixed(sum(base_open) over to_here) as base_open,
        unfixed(sum(slope_open) over to_here) as slope_open,
        (sum(open_open) over to_here)::double as open_open,
        sum(cluster_count) over to_here as cluster_count,
        sum(unit_count) over to_here as unit_count
    from by_age
    window to_here as (partition by curve order by age_days)
)
select
    steps.slice,
    steps.channel,
    sums.age_days,
    steps.reached_share as share,
    sums.cluster_count::bigint as cluster_count,
    sums.unit_count::bigint as unit_count,
    steps.open_influence,
    greatest(
        0,
        sums.base_base + 2 * share * sums.base_slope + share ** 2 * sums.slope_slope
        + steps.scale * steps.open_influence * (
            2 * sums.base_open + 2 * share * sums.slope_open + steps.scale * steps.open_influence * sums.open_open
        )
    ) / steps.scale ** 2 as influence_squares,
    sqrt(influence_squares * cluster_count / nullif(cluster_count - 1, 0)) as clustered_se
from sums
inner join incidence_steps(wanted, scope) as steps using (curve, age_days);
