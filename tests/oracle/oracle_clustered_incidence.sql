-- The standard error of the share that reached, by age, where units of one account go together: squares of the influences
-- summed up by account, times G/(G - 1) for the G accounts at risk by then; null for a single one. With the influence of an
-- account being base + slope * F + open_count * R, six sums of products over the accounts serve every age of the curve; each
-- step of an account adds what it changes in them.
create or replace macro oracle_clustered_incidence(wanted, scope) as table
with
states as (
    select
        *,
        coalesce(lag(base) over by_step, 0) as base_before,
        coalesce(lag(slope) over by_step, 0) as slope_before,
        coalesce(lag(open_count) over by_step, 0) as open_before
    from oracle_account_states(wanted, scope)
    window by_step as (partition by slice, channel, account_id, cell order by step_count)
),
sums as (
    select
        slice,
        channel,
        age_days,
        sum(alike * (base * base - base_before * base_before)) over to_here as base_base,
        sum(alike * (base * slope - base_before * slope_before)) over to_here as base_slope,
        sum(alike * (slope * slope - slope_before * slope_before)) over to_here as slope_slope,
        sum(alike * (base * open_count - base_before * open_before)) over to_here as base_open,
        sum(alike * (slope * open_count - slope_before * open_before)) over to_here as slope_open,
        sum(alike * (open_count * open_count - open_before * open_before)) over to_here as open_open,
        sum(case when step_count = 1 then alike else 0 end) over to_here as cluster_count,
        sum(alike * entered_count) over to_here as unit_count,
        coalesce(
            lead(age_days) over (partition by slice, channel order by age_days, account_id, cell, step_count) <> age_days, true
        ) as is_last
    from states
    window to_here as (
        partition by slice, channel
        order by age_days, account_id, cell, step_count rows between unbounded preceding and current row
    )
)
select
    sums.slice,
    sums.channel,
    sums.age_days,
    steps.reached_share as share,
    sums.cluster_count::bigint as cluster_count,
    sums.unit_count::bigint as unit_count,
    steps.open_influence,
    greatest(
        0,
        sums.base_base + 2 * share * sums.base_slope + share ** 2 * sums.slope_slope
        + steps.open_influence * (2 * sums.base_open + 2 * share * sums.slope_open + steps.open_influence * sums.open_open)
    ) as influence_squares,
    sqrt(influence_squares * cluster_count / nullif(cluster_count - 1, 0)) as clustered_se
from sums
inner join oracle_incidence_steps(wanted, scope) as steps using (slice, channel, age_days)
where sums.is_last;
