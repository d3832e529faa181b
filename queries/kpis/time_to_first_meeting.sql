-- title:     Time to first meeting
-- stage:     meeting
-- home:      inbound, headline
-- rows:      journey_units('meeting_time', $scope, $horizon)
-- counter:   decision_maker_reach_rate
-- headline:  inbound
-- unit:      days
-- of:        leads
-- direction: lower_is_better
-- reads:     How many days pass until half of the leads have held a first meeting.
-- needs:     leads.created_at, meetings.held_at
-- links:     meetings.lead
-- windows:   meetings
-- horizon:   inbound 30, outbound 90
-- also:      horizon_days, judge_on, share_by_horizon, quarter_days, quarter_low, quarter_high, days_met, days_met_low, days_met_high
-- across:    A slow outbound meeting is timing, not low quality.
-- caveat:    No estimate means that half is not reached: more than half of the leads never meet us. The quarter is given too.
-- caveat:    days_met: of the first days up to the horizon, how many a lead had already met us on average, those who never did with
--   none (restricted mean time lost): speed and level in one figure. It needs five meetings.
-- caveat:    Leads that met us before they were created are left out of the times; their number is a finding of the load.
-- caveat:    The mean over those who met would count the fast ones only; it is not shown.
-- answers:   S1.51
with

by_age as (

    select *
    from incidence_at(
        'meeting_time',
        $scope,
        (
            select
                range(
                    0,
                    1 + greatest(
                        coalesce(max(date_diff('day', started_on, $scope['as_of']::date)), 0),
                        $horizon['inbound'],
                        $horizon['outbound']
                    )
                )
            from scope_cohort('meeting_time', $scope)
        )
    )

),

-- Smallest day with F >= q; its interval is where the pointwise band crosses q. Null means not reached.
quantiles as (

    select
        slice,
        channel,
        max(events) as event_count,
        quantile_age(age_days, share, .5) as half_days,
        quantile_age(age_days, high, .5) as half_low,
        quantile_age(age_days, low, .5) as half_high,
        quantile_age(age_days, share, .25) as quarter_days,
        quantile_age(age_days, high, .25) as quarter_low,
        quantile_age(age_days, low, .25) as quarter_high
    from by_age
    group by slice, channel

),

at_horizon as (

    select *
    from by_age
    where age_days = horizon_of($horizon, channel)

),

-- Area under the curve, because a half that is never reached leaves nothing to compare.
met_time as (

    select
        slice,
        channel,
        reached_mean,
        reached_mean_se
    from restricted_mean('meeting_time', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- A lead that met us before it was created has met us; only when is not known.
met as (

    select
        slice,
        channel,
        share as share_by_horizon
    from incidence_at('meeting', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

gated as (

    select
        *,
        case when at_horizon.n_old_enough >= 30 and at_horizon.events >= 5 then met_time.reached_mean end as days_met
    from at_horizon
    left join met_time using (slice, channel)
    left join met using (slice, channel)

)

select
    slice,
    channel,
    gated.events as numerator,
    gated.unit_count as denominator,
    case when gated.n_old_enough >= 30 then quantiles.half_days end as estimate,
    case when gated.n_old_enough >= 30 then quantiles.half_low end as low,
    case when gated.n_old_enough >= 30 then quantiles.half_high end as high,
    gated.n_old_enough,
    -- A quantile needs ten events behind it.
    case
        when gated.status in ('ok', 'provisional') and quantiles.event_count < 10 then 'too_few' else gated.status
    end as status,
    gated.age_days as horizon_days,
    gated.judge_on,
    gated.share_by_horizon,
    case when gated.n_old_enough >= 30 then quantiles.quarter_days end as quarter_days,
    case when gated.n_old_enough >= 30 then quantiles.quarter_low end as quarter_low,
    case when gated.n_old_enough >= 30 then quantiles.quarter_high end as quarter_high,
    gated.days_met,
    case when gated.days_met is not null then greatest(0, gated.days_met - z_of(95) * gated.reached_mean_se) end as days_met_low,
    case when gated.days_met is not null then least(gated.age_days, gated.days_met + z_of(95) * gated.reached_mean_se) end
        as days_met_high
from gated
inner join quantiles using (slice, channel)
