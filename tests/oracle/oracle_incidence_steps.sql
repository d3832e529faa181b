-- incidence_curve with what the influence of a unit on it is made of (statistics.md, 5.9): hazard_variance is d/(n(n - d)),
-- jump_share is S(t-)/n and jump_covariance S(t-) d1/n^2; the sums run up to the age, those named _before to the age before it.
-- open_influence is that of a unit followed from its first day and still open, the same for all of them.
create or replace macro oracle_incidence_steps(wanted, scope) as table
with
steps as (
    select
        slice,
        channel,
        age_days,
        risk_count,
        reached,
        reached + ended as resolved,
        reached_share,
        open_share,
        coalesce(lag(open_share) over (partition by slice, channel order by age_days), 1.0) as open_before
    from oracle_incidence_curve(wanted, scope)
),
parts as (
    select
        *,
        open_before / risk_count as jump_share,
        open_before * reached / (risk_count::double ** 2) as jump_covariance,
        case when resolved > 0 and risk_count > resolved then resolved / (risk_count::double * (risk_count - resolved)) else 0 end
            as hazard_variance
    from steps
),
sums as (
    select
        *,
        sum(jump_covariance) over to_here as jumps_so_far,
        sum(hazard_variance) over to_here as hazards_so_far,
        sum(hazard_variance * reached_share) over to_here as weighted_hazards_so_far
    from parts
    window to_here as (partition by slice, channel order by age_days)
)
select
    *,
    coalesce(lag(jumps_so_far) over by_age, 0) as jumps_before,
    coalesce(lag(hazards_so_far) over by_age, 0) as hazards_before,
    coalesce(lag(weighted_hazards_so_far) over by_age, 0) as weighted_hazards_before,
    reached_share * hazards_so_far - jumps_so_far - weighted_hazards_so_far as open_influence
from sums
window by_age as (partition by slice, channel order by age_days);
