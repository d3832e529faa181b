-- Log-rank test of inbound against outbound per slice, on the rate of arriving while still open (cause-specific: what is
-- ended is censored), with delayed entry through the risk set: inbound's observed and expected arrivals, the variance of
-- their difference (hypergeometric, ties of a day together) and chi2 with 1 degree of freedom; null where there is no
-- variance. The p-value is leadquality.statistics.chi_square_p. Secondary: to be left out where the curves cross.
create or replace macro logrank_of(wanted, scope) as table
with
cells as (
    select *
    from scope_journeys(wanted, scope)
    where exit_age > entry_age and channel in ('inbound', 'outbound')
),
changes as (
    select
        slice,
        exit_age as age_days,
        channel = 'inbound' as is_inbound,
        unit_count as gone,
        case when ending = 'reached' then unit_count else 0 end as reached,
        0 as entered
    from cells
    union all
    select
        slice,
        entry_age + 1 as age_days,
        channel = 'inbound' as is_inbound,
        0 as gone,
        0 as reached,
        unit_count as entered
    from cells
),
by_age as (
    select
        slice,
        age_days,
        sum(reached) as reached,
        coalesce(sum(reached) filter (where is_inbound), 0) as inbound_reached,
        sum(entered) as entered,
        coalesce(sum(entered) filter (where is_inbound), 0) as inbound_entered,
        sum(gone) as gone,
        coalesce(sum(gone) filter (where is_inbound), 0) as inbound_gone
    from changes
    group by slice, age_days
),
at_risk as (
    select
        slice,
        age_days,
        reached::double as reached,
        inbound_reached,
        (sum(entered) over to_here - coalesce(sum(gone) over before, 0))::double as risk_count,
        (sum(inbound_entered) over to_here - coalesce(sum(inbound_gone) over before, 0))::double as inbound_risk_count
    from by_age
    window
        to_here as (partition by slice order by age_days),
        before as (partition by slice order by age_days rows between unbounded preceding and 1 preceding)
),
scores as (
    select
        slice,
        sum(reached)::bigint as event_count,
        sum(inbound_reached)::bigint as observed,
        sum(reached * inbound_risk_count / risk_count order by age_days) as expected,
        sum(
            case
                when risk_count > 1
                    then
                        reached * (inbound_risk_count / risk_count) * (1 - inbound_risk_count / risk_count)
                        * (risk_count - reached) / (risk_count - 1)
                else 0
            end
            order by age_days
        ) as variance
    from at_risk
    where reached > 0
    group by slice
)
select
    slice,
    event_count,
    observed,
    expected,
    variance,
    (observed - expected) ** 2 / nullif(variance, 0) as chi2
from scores;
