-- title:     Time to first meeting
-- stage:     meeting
-- headline:  inbound
-- unit:      days
-- direction: lower_is_better
-- reads:     How many days pass until half of the leads have held a first meeting.
-- needs:     leads.created_at, meetings.held_at
-- horizon:   inbound 30, outbound 90
-- also:      horizon_days, judge_on, share_by_horizon, quarter_days, quarter_low, quarter_high
-- across:    A slow outbound meeting is timing, not low quality.
-- caveat:    No estimate means that half is not reached: more than half of the leads never meet us. The quarter is given too.
-- caveat:    The mean over those who met would count the fast ones only; it is not shown.
-- answers:   S1.51
with

by_age as (

    select *
    from incidence_at(
        'meeting',
        $scope,
        (select range(0, 1 + coalesce(max(date_diff('day', started_on, $scope['as_of']::date)), 0)) from scope_cohort('won', $scope))
    )

),

-- Smallest day with F >= q; its interval is where the pointwise band crosses q. Null means not reached.
quantiles as (

    select
        slice,
        channel,
        max(events) as event_count,
        min(age_days) filter (where share >= .5) as half_days,
        min(age_days) filter (where high >= .5) as half_low,
        min(age_days) filter (where low >= .5) as half_high,
        min(age_days) filter (where share >= .25) as quarter_days,
        min(age_days) filter (where high >= .25) as quarter_low,
        min(age_days) filter (where low >= .25) as quarter_high
    from by_age
    group by slice, channel

),

at_horizon as (

    select *
    from incidence_at('meeting', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

)

select
    slice,
    channel,
    at_horizon.events as numerator,
    at_horizon.unit_count as denominator,
    case when at_horizon.n_old_enough >= 30 then quantiles.half_days end as estimate,
    case when at_horizon.n_old_enough >= 30 then quantiles.half_low end as low,
    case when at_horizon.n_old_enough >= 30 then quantiles.half_high end as high,
    at_horizon.n_old_enough,
    -- A quantile needs ten events behind it.
    case
        when at_horizon.status in ('ok', 'provisional') and quantiles.event_count < 10 then 'too_few' else at_horizon.status
    end as status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    at_horizon.share as share_by_horizon,
    case when at_horizon.n_old_enough >= 30 then quantiles.quarter_days end as quarter_days,
    case when at_horizon.n_old_enough >= 30 then quantiles.quarter_low end as quarter_low,
    case when at_horizon.n_old_enough >= 30 then quantiles.quarter_high end as quarter_high
from at_horizon
inner join quantiles using (slice, channel)
