-- The curve of one milestone read at chosen ages, with how many leads are old enough for each, both limits at 95 and
-- 99 %, and what may be said (status). Every chosen lead is reached, ended or still open: the three shares add up to 1.
-- Where an account holds more than one unit the limits rest on the variance between accounts (account_count of them), not
-- between units: leads of one account go together; they are never narrower than those of unrelated units, and below 30
-- accounts they take Student's t (docs/adr/0006).
-- Shares are null while fewer than 30 leads are old enough: they are not shown, so they are not computed.
create or replace macro incidence_at(wanted, scope, ages) as table
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
),
placed as (
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
                            clustered_n(curve.reached_share, curve.clustered_se ** 2, potential.n_old_enough, curve.cluster_count),
                            1
                        )
                    )
            else potential.n_old_enough
        end as worth
    from scope_potential(wanted, scope, ages) as potential
    asof left join curve
        on
            potential.slice = curve.slice
            and potential.channel = curve.channel
            and potential.age_days >= curve.age_days
),
gated as (
    select
        *,
        maturity_status(n_old_enough, unit_count) as status,
        coalesce(t_of(95, few_degrees), z_of(95)) as z_95,
        coalesce(t_of(99, few_degrees), z_of(99)) as z_99,
        case when n_old_enough >= 30 then reached_share end as shown_share
    from placed
)
select
    slice,
    channel,
    age_days,
    events,
    unit_count,
    shown_share as share,
    case when shown_share is not null then ended_share end as ended_share,
    case when shown_share is not null then open_share end as open_share,
    case when shown_share is not null then reached_se end as share_se,
    case when shown_share is not null then open_se end as open_se,
    incidence_low(shown_share, reached_se, events, worth, z_95) as low,
    incidence_high(shown_share, reached_se, events, worth, z_95) as high,
    incidence_low(shown_share, reached_se, events, worth, z_99) as low_99,
    incidence_high(shown_share, reached_se, events, worth, z_99) as high_99,
    n_old_enough,
    account_count,
    status,
    judge_on
from gated;
