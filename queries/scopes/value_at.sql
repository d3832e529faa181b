-- Mean cumulative value of one journey read at chosen ages: what a unit has brought by that age, units that never arrive
-- counted with nothing. M(h) = sum over t <= h of S(t-) W(t) / n(t), W(t) being the amounts that arrive at age t: the total
-- weighted by the inverse probability of still being followed (statistics.md, 5.8). Its variance is the sum of the squared
-- influences of the units (5.9). Units with the same entry, exit and ending share slope and base of D = slope * amount + base,
-- so the sum over a cell is exact from its unit_count, amount_sum and amount_square_sum, and no unit is needed.
-- Amounts are null while fewer than 30 units are old enough, limits also where nothing arrived: no spread is known then.
-- A unit that arrives with an unknown amount counts with nothing. amount_so_far is the plain total behind the mean.
create or replace macro value_at(wanted, scope, ages) as table
with
cells as (
    select
        *,
        amount_sum / unit_count as amount_mean,
        greatest(0, amount_square_sum - amount_sum ** 2 / unit_count) as amount_spread
    from scope_journeys(wanted, scope)
    where exit_age > entry_age
),
changes as (
    select
        slice,
        channel,
        exit_age as age_days,
        coalesce(sum(unit_count) filter (where ending = 'reached'), 0) as reached,
        coalesce(sum(unit_count) filter (where ending <> 'open'), 0) as resolved,
        -- Cents, so that the sum does not hang on the order of the cells.
        coalesce(sum(amount_sum::decimal(38, 2)) filter (where ending = 'reached'), 0) as amount,
        sum(unit_count) as gone,
        0 as entered
    from cells
    group by all
    union all
    select
        slice,
        channel,
        entry_age + 1 as age_days,
        0 as reached,
        0 as resolved,
        0 as amount,
        0 as gone,
        sum(unit_count) as entered
    from cells
    group by all
),
by_age as (
    select
        slice,
        channel,
        age_days,
        sum(reached)::double as reached,
        sum(resolved)::double as resolved,
        sum(amount)::double as amount,
        sum(gone)::double as gone,
        sum(entered)::double as entered
    from changes
    group by all
),
at_risk as (
    select
        *,
        sum(entered) over to_here - coalesce(sum(gone) over before, 0) as risk_count
    from by_age
    window
        to_here as (partition by slice, channel order by age_days),
        before as (partition by slice, channel order by age_days rows between unbounded preceding and 1 preceding)
),
survival as (
    select
        *,
        coalesce(product(1 - resolved / risk_count) over before, 1.0) as open_before
    from at_risk
    where risk_count > 0
    window before as (partition by slice, channel order by age_days rows between unbounded preceding and 1 preceding)
),
values_by_age as (
    select
        *,
        open_before / risk_count as weight,
        open_before * amount / risk_count ** 2 as pull,
        case when resolved > 0 and risk_count > resolved then resolved / (risk_count * (risk_count - resolved)) else 0 end
            as hazard_variance,
        sum(open_before * amount / risk_count) over to_here as mean_so_far
    from survival
    window to_here as (partition by slice, channel order by age_days)
),
curve as (
    select
        slice,
        channel,
        age_days,
        risk_count - resolved as left_count,
        weight,
        mean_so_far,
        sum(reached) over to_here as reached_so_far,
        sum(amount) over to_here as amount_so_far,
        sum(pull) over to_here as pull_so_far,
        sum(hazard_variance) over to_here as hazard_so_far,
        sum(hazard_variance * mean_so_far) over to_here as hazard_value_so_far
    from values_by_age
    window to_here as (partition by slice, channel order by age_days)
),
placed as (
    select
        potential.*,
        coalesce(curve.mean_so_far, 0) as mean_so_far,
        coalesce(curve.reached_so_far, 0) as reached_so_far,
        coalesce(curve.amount_so_far, 0) as amount_so_far,
        coalesce(curve.pull_so_far, 0) as pull_so_far,
        coalesce(curve.hazard_so_far, 0) as hazard_so_far,
        coalesce(curve.hazard_value_so_far, 0) as hazard_value_so_far
    from scope_potential(wanted, scope, ages) as potential
    asof left join curve
        on
            potential.slice = curve.slice
            and potential.channel = curve.channel
            and potential.age_days >= curve.age_days
),
entered_cells as (
    select
        cells.*,
        coalesce(curve.pull_so_far, 0) as pull_at_entry,
        coalesce(curve.hazard_so_far, 0) as hazard_at_entry,
        coalesce(curve.hazard_value_so_far, 0) as hazard_value_at_entry
    from cells
    asof left join curve
        on cells.slice = curve.slice and cells.channel = curve.channel and cells.entry_age >= curve.age_days
),
-- A cell has its part in the figure at an age from its entry to its exit or that age, whichever comes first.
parts as (
    select
        placed.slice,
        placed.channel,
        placed.age_days,
        cells.entry_age,
        cells.exit_age,
        cells.ending,
        cells.unit_count,
        cells.amount_mean,
        cells.amount_spread,
        case when cells.exit_age <= placed.age_days and cells.ending = 'reached' then curve.weight else 0 end as slope,
        case
            when cells.exit_age <= placed.age_days and cells.ending <> 'open' and curve.left_count > 0
                then (placed.mean_so_far - curve.mean_so_far) / curve.left_count
            else 0
        end as loss,
        placed.mean_so_far,
        case when cells.exit_age <= placed.age_days then curve.pull_so_far else placed.pull_so_far end
        - cells.pull_at_entry as pull,
        case when cells.exit_age <= placed.age_days then curve.hazard_so_far else placed.hazard_so_far end
        - cells.hazard_at_entry as hazard,
        case when cells.exit_age <= placed.age_days then curve.hazard_value_so_far else placed.hazard_value_so_far end
        - cells.hazard_value_at_entry as hazard_value
    from entered_cells as cells
    inner join placed on cells.slice = placed.slice and cells.channel = placed.channel and cells.entry_age < placed.age_days
    inner join curve on cells.slice = curve.slice and cells.channel = curve.channel and cells.exit_age = curve.age_days
),
-- Summed in the order of the cells: counts and rows give the same figure to the last bit.
variances as (
    select
        slice,
        channel,
        age_days,
        list_sum(
            list(
                slope ** 2 * amount_spread
                + unit_count * (slope * amount_mean - pull - loss + mean_so_far * hazard - hazard_value) ** 2
                order by entry_age, exit_age, ending
            )
        ) as variance
    from parts
    group by slice, channel, age_days
),
gated as (
    select
        placed.*,
        maturity_status(placed.n_old_enough, placed.unit_count) as status,
        case when placed.n_old_enough >= 30 then placed.mean_so_far end as shown_mean,
        case when placed.n_old_enough >= 30 and placed.reached_so_far > 0 then sqrt(variances.variance) end as shown_se
    from placed
    left join variances
        on placed.slice = variances.slice and placed.channel = variances.channel and placed.age_days = variances.age_days
)
select
    slice,
    channel,
    age_days,
    shown_mean as mean_amount,
    shown_se as se,
    shown_mean - z_of(95) * shown_se as low,
    shown_mean + z_of(95) * shown_se as high,
    shown_mean - z_of(99) * shown_se as low_99,
    shown_mean + z_of(99) * shown_se as high_99,
    reached_so_far::bigint as events,
    amount_so_far,
    unit_count,
    n_old_enough,
    status,
    judge_on
from gated;
