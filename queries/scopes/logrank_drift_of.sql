-- Log-rank test for a drift over the slices of each channel, taken in their order as steps of equal length (Tarone 1975): does
-- the rate of arriving while still open rise or fall from one cohort to the next? With one step more of the slice the score
-- grows by 1; chi2 has 1 degree of freedom, drift is the sign of the change (1 rising, -1 falling). Null with a single slice.
create or replace macro logrank_drift_of(wanted, scope) as table
with
cells as (
    select
        *,
        dense_rank() over (partition by channel order by slice) as step
    from scope_journeys(wanted, scope)
    where exit_age > entry_age
),
changes as (
    select channel, exit_age as age_days, step, unit_count as gone, 0 as entered,
        case when ending = 'reached' then unit_count else 0 end as reached
    from cells
    union all
    select channel, entry_age + 1 as age_days, step, 0 as gone, unit_count as entered, 0 as reached
    from cells
),
by_age as (
    select
        channel,
        age_days,
        sum(reached)::double as reached,
        sum(step * reached)::double as reached_steps,
        sum(entered) as entered,
        sum(step * entered) as entered_steps,
        sum(step * step * entered) as entered_squares,
        sum(gone) as gone,
        sum(step * gone) as gone_steps,
        sum(step * step * gone) as gone_squares
    from changes
    group by channel, age_days
),
at_risk as (
    select
        channel,
        age_days,
        reached,
        reached_steps,
        (sum(entered) over to_here - coalesce(sum(gone) over before, 0))::double as risk_count,
        (sum(entered_steps) over to_here - coalesce(sum(gone_steps) over before, 0))::double as risk_steps,
        (sum(entered_squares) over to_here - coalesce(sum(gone_squares) over before, 0))::double as risk_squares
    from by_age
    window
        to_here as (partition by channel order by age_days),
        before as (partition by channel order by age_days rows between unbounded preceding and 1 preceding)
),
scores as (
    select
        channel,
        sum(reached)::bigint as event_count,
        sum(reached_steps - reached * risk_steps / risk_count order by age_days) as score,
        sum(
            case
                when risk_count > 1
                    then
                        reached * (risk_count - reached) / (risk_count - 1)
                        * (risk_squares / risk_count - (risk_steps / risk_count) ** 2)
                else 0
            end
            order by age_days
        ) as variance
    from at_risk
    where reached > 0
    group by channel
)
select
    channel,
    event_count,
    sign(score)::integer as drift,
    case when variance > 1e-12 then score ** 2 / variance end as chi2
from scores;
