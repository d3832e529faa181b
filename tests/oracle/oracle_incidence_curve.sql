-- Kaplan-Meier of "still open" and Aalen-Johansen of "reached" and of "ended", for each slice and channel, at every
-- age where something changes. The variance is Greenwood-type (Gaynor; Dinse and Larson; Allignol, Schumacher and
-- Beyersmann 2010), equal to p(1 - p)/n without censoring. At risk at age t: entry_age < t <= exit_age; events of a day
-- come before its censorings. A row with exit_age <= entry_age was never at risk.
create or replace macro oracle_incidence_curve(wanted, scope) as table
with
changes as (
    select
        slice,
        channel,
        exit_age as age_days,
        sum(unit_count) filter (where ending = 'reached') as reached,
        sum(unit_count) filter (where ending = 'ended') as ended,
        sum(unit_count) as gone,
        0 as entered
    from oracle_scope_journeys(wanted, scope)
    where exit_age > entry_age
    group by all
    union all
    select
        slice,
        channel,
        entry_age + 1 as age_days,
        0 as reached,
        0 as ended,
        0 as gone,
        sum(unit_count) as entered
    from oracle_scope_journeys(wanted, scope)
    where exit_age > entry_age
    group by all
),
by_age as (
    select
        slice,
        channel,
        age_days,
        coalesce(sum(reached), 0)::double as reached,
        coalesce(sum(ended), 0)::double as ended,
        sum(gone)::double as gone,
        sum(entered)::double as entered
    from changes
    group by all
),
at_risk as (
    select
        *,
        reached + ended as resolved,
        sum(entered) over to_here - coalesce(sum(gone) over before, 0) as risk_count
    from by_age
    window
        to_here as (partition by slice, channel order by age_days),
        before as (partition by slice, channel order by age_days rows between unbounded preceding and 1 preceding)
),
survival as (
    select
        *,
        product(1 - resolved / risk_count) over to_here as open_share,
        coalesce(product(1 - resolved / risk_count) over before, 1.0) as open_before
    from at_risk
    where risk_count > 0
    window
        to_here as (partition by slice, channel order by age_days),
        before as (partition by slice, channel order by age_days rows between unbounded preceding and 1 preceding)
),
incidence as (
    select
        *,
        sum(open_before * reached / risk_count) over to_here as reached_share,
        sum(open_before * ended / risk_count) over to_here as ended_share,
        sum(reached) over to_here as reached_so_far,
        case when resolved > 0 and risk_count > resolved then resolved / (risk_count * (risk_count - resolved)) else 0 end
            as hazard_variance,
        open_before ** 2 * reached * (risk_count - reached) / risk_count ** 3 as jump_variance,
        open_before * reached / risk_count ** 2 as jump_covariance
    from survival
    window to_here as (partition by slice, channel order by age_days)
),
variances as (
    select
        *,
        greatest(
            0,
            reached_share ** 2 * sum(hazard_variance) over to_here
            - 2 * reached_share * sum(hazard_variance * reached_share) over to_here
            + sum(hazard_variance * reached_share ** 2) over to_here
            + sum(jump_variance) over to_here
            - 2 * (
                reached_share * sum(jump_covariance) over to_here
                - sum(jump_covariance * reached_share) over to_here
            )
        ) as reached_variance,
        open_share ** 2 * sum(hazard_variance) over to_here as open_variance
    from incidence
    window to_here as (partition by slice, channel order by age_days)
)
select
    slice,
    channel,
    age_days,
    risk_count::bigint as risk_count,
    reached::bigint as reached,
    ended::bigint as ended,
    reached_so_far::bigint as reached_so_far,
    reached_share,
    ended_share,
    open_share,
    sqrt(reached_variance) as reached_se,
    sqrt(open_variance) as open_se
from variances;
