-- Mean time within the first days (or minutes) of age, up to each of `taus` (age_days), per slice and channel. open_mean: time
-- still open (area under Kaplan-Meier), with its Greenwood-type standard error. reached_mean: time lost to having arrived (area under the
-- Aalen-Johansen curve): speed and level in one figure, without proportional hazards; its standard error adds up the squared
-- influence of every unit, integrated from 0 to age_days. Beyond the last observed age the curves are carried flat, so nothing
-- may be shown without n_old_enough: the status says what may be said, the figures are not blanked here.
create or replace macro restricted_mean(wanted, scope, taus) as table
with
steps as (
    select
        steps.* exclude (jumps_so_far, hazards_so_far),
        asked.tau,
        coalesce(lead(steps.age_days) over ages, asked.tau) - steps.age_days as width
    from incidence_steps(wanted, scope) as steps
    inner join (select unnest(list_distinct(taus))::integer as tau) as asked on steps.age_days <= asked.tau
    window ages as (partition by steps.slice, steps.channel, asked.tau order by steps.age_days)
),
areas as (
    select
        *,
        sum(open_share * width) over onwards as open_area,
        sum(reached_share * width) over onwards - (tau - age_days) * reached_share as reached_area_gained
    from steps
    window onwards as (partition by slice, channel, tau order by age_days rows between current row and unbounded following)
),
sums as (
    select
        *,
        sum(jump_covariance * (tau - age_days)) over to_here as jumps_so_far,
        sum(hazard_variance * reached_area_gained) over to_here as hazards_so_far
    from areas
    window to_here as (partition by slice, channel, tau order by age_days)
),
-- Sums are ordered, so that either backing gives the same last digit. Before the first age at which anybody is at risk all are open.
means as (
    select
        slice,
        channel,
        tau,
        min(age_days) + max(open_area) as open_mean,
        sqrt(sum(open_area ** 2 * hazard_variance order by age_days)) as open_mean_se,
        sum(reached_share * width order by age_days) as reached_mean
    from sums
    group by slice, channel, tau
),
units as (
    select
        cells.*,
        asked.tau,
        least(cells.exit_age, asked.tau) as to_age,
        least(cells.entry_age, asked.tau) as from_age
    from scope_journeys(wanted, scope) as cells
    cross join (select unnest(list_distinct(taus))::integer as tau) as asked
    where cells.exit_age > cells.entry_age
),
influences as (
    select
        units.slice,
        units.channel,
        units.tau,
        units.entry_age,
        units.exit_age,
        units.ending,
        units.unit_count,
        case
            when units.exit_age <= units.tau and units.ending = 'reached'
                then last_step.jump_share * (units.tau - units.exit_age)
            else 0
        end
        - (last_step.jumps_so_far - coalesce(first_step.jumps_so_far, 0))
        - case
            when units.exit_age <= units.tau and units.ending <> 'open' and last_step.risk_count > last_step.resolved
                then last_step.reached_area_gained / (last_step.risk_count - last_step.resolved)
            else 0
        end
        + last_step.hazards_so_far - coalesce(first_step.hazards_so_far, 0) as influence
    from units
    asof join sums as last_step
        on
            units.slice = last_step.slice
            and units.channel = last_step.channel
            and units.tau = last_step.tau
            and units.to_age >= last_step.age_days
    asof left join sums as first_step
        on
            units.slice = first_step.slice
            and units.channel = first_step.channel
            and units.tau = first_step.tau
            and units.from_age >= first_step.age_days
),
errors as (
    select
        slice,
        channel,
        tau,
        sqrt(sum(unit_count * influence ** 2 order by entry_age, exit_age, ending)) as reached_mean_se
    from influences
    group by slice, channel, tau
)
select
    potential.slice,
    potential.channel,
    potential.age_days,
    means.open_mean,
    means.open_mean_se,
    means.reached_mean,
    errors.reached_mean_se,
    potential.unit_count,
    potential.n_old_enough,
    maturity_status(potential.n_old_enough, potential.unit_count) as status,
    potential.judge_on
from scope_potential(wanted, scope, taus) as potential
left join means on potential.slice = means.slice and potential.channel = means.channel and potential.age_days = means.tau
left join errors on potential.slice = errors.slice and potential.channel = errors.channel and potential.age_days = errors.tau;
