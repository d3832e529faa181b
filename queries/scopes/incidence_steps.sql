-- incidence_curve with what the influence of a unit on it is made of (statistics.md, 5.9): open_before is S(t-),
-- hazard_variance is d/(n(n - d)), jump_share is S(t-)/n and jump_covariance S(t-) d1/n^2.
create or replace macro incidence_steps(wanted, scope) as table
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
    from incidence_curve(wanted, scope)
)
select
    *,
    open_before / risk_count as jump_share,
    open_before * reached / (risk_count::double ** 2) as jump_covariance,
    case when resolved > 0 and risk_count > resolved then resolved / (risk_count::double * (risk_count - resolved)) else 0 end
        as hazard_variance
from steps;
