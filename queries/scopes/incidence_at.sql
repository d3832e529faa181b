-- The curve of one milestone read at chosen ages, with how many leads are old enough for each, both limits at 95 and
-- 99 %, and what may be said (status). Every chosen lead is reached, ended or still open: the three shares add up to 1.
-- Shares are null while fewer than 30 leads are old enough: they are not shown, so they are not computed.
create or replace macro incidence_at(wanted, scope, ages) as table
with
placed as (
    select
        potential.*,
        coalesce(curve.reached_so_far, 0) as events,
        coalesce(curve.reached_share, 0) as reached_share,
        coalesce(curve.ended_share, 0) as ended_share,
        coalesce(curve.open_share, 1) as open_share,
        coalesce(curve.reached_se, 0) as reached_se,
        coalesce(curve.open_se, 0) as open_se
    from scope_potential(wanted, scope, ages) as potential
    asof left join incidence_curve(wanted, scope) as curve
        on
            potential.slice = curve.slice
            and potential.channel = curve.channel
            and potential.age_days >= curve.age_days
),
gated as (
    select
        *,
        maturity_status(n_old_enough, unit_count) as status,
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
    incidence_low(shown_share, reached_se, events, n_old_enough, z_of(95)) as low,
    incidence_high(shown_share, reached_se, events, n_old_enough, z_of(95)) as high,
    incidence_low(shown_share, reached_se, events, n_old_enough, z_of(99)) as low_99,
    incidence_high(shown_share, reached_se, events, n_old_enough, z_of(99)) as high_99,
    n_old_enough,
    status,
    judge_on
from gated;
