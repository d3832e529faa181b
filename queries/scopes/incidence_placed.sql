-- The curve of one milestone read at chosen ages, before the maturity gate: what incidence_at shows, and what sums over strata and
-- sources start from. Where an account holds more than one unit the standard error is that between accounts (account_count of
-- them), never less than that of unrelated units (docs/adr/0006). worth is how many unrelated units the share stands on, for
-- Wilson limits; few_degrees the degrees of freedom for Student's t below 30 accounts.
create or replace macro incidence_placed(wanted, scope, ages) as table
with
curve as (
    select
        curve.*,
        clustered.cluster_count,
        clustered.clustered_se,
        coalesce(clustered.cluster_count < clustered.unit_count, false) as is_clustered
    from incidence_curve(wanted, scope) as curve
    left join clustered_incidence(wanted, scope) as clustered
        on curve.slice = clustered.slice and curve.channel = clustered.channel and curve.age_days = clustered.age_days
)
select
    potential.*,
    coalesce(curve.reached_so_far, 0) as events,
    coalesce(curve.reached_share, 0) as reached_share,
    coalesce(curve.ended_share, 0) as ended_share,
    coalesce(curve.open_share, 1) as open_share,
    case
        when not curve.is_clustered then curve.reached_se
        when curve.clustered_se is not null then greatest(curve.reached_se, curve.clustered_se)
        when curve.age_days is null then 0
    end as reached_se,
    coalesce(curve.open_se, 0) as open_se,
    curve.cluster_count as account_count,
    case when curve.is_clustered and curve.cluster_count < 30 then curve.cluster_count - 1 end as few_degrees,
    case
        when curve.is_clustered
            then
                least(
                    potential.n_old_enough,
                    coalesce(
                        clustered_n(curve.reached_share, curve.clustered_se ** 2, potential.n_old_enough, curve.cluster_count), 1
                    )
                )
        else potential.n_old_enough
    end as worth
from scope_potential(wanted, scope, ages) as potential
asof left join curve
    on
        potential.slice = curve.slice
        and potential.channel = curve.channel
        and potential.age_days >= curve.age_days;
