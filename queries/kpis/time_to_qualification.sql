-- title:     Time to qualification
-- stage:     qualification
-- home:      inbound, detail
-- rows:      journey_units('decided_time', $scope, $horizon)
-- headline:  inbound
-- unit:      days
-- of:        leads
-- direction: lower_is_better
-- reads:     How many days pass until half of the leads are settled: qualified, or closed without it.
-- needs:     leads.created_at, leads.sql_at, leads.disqualified_at
-- links:     none
-- windows:   none
-- horizon:   inbound 14, outbound 60
-- also:      horizon_days, judge_on, share_decided, ninety_days, ninety_low, ninety_high, share_qualified, qualified_low,
--            qualified_high, share_closed
-- across:    Outbound waits for the buyer's timing, not for the team: grey there.
-- caveat:    A fast no shortens it as much as a fast yes: the shares qualified and closed stand beside it.
-- caveat:    No estimate means that half of the leads are not settled yet; open leads count as waiting, not as fast.
-- caveat:    Leads settled before they were created are left out: when that was is not known.
-- counter:   qualification_rate
-- answers:   S1.17
with

-- Open leads are censored; nothing competes, because every end settles the lead.
by_age as (

    select *
    from incidence_at(
        'decided_time',
        $scope,
        (
            select range(0, 1 + coalesce(max(date_diff('day', started_on, $scope['as_of']::date)), 0))
            from scope_cohort('decided_time', $scope)
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
        quantile_age(age_days, share, .9) as ninety_days,
        quantile_age(age_days, high, .9) as ninety_low,
        quantile_age(age_days, low, .9) as ninety_high
    from by_age
    group by slice, channel

),

decided as (

    select *
    from incidence_at('decided_time', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

qualified as (

    select *
    from incidence_at('qualified', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- Leads settled before they were created are settled.
all_decided as (

    select
        slice,
        channel,
        share as share_decided
    from incidence_at('decided', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- A quantile needs ten events behind it.
gated as (

    select
        decided.*,
        quantiles.* exclude (slice, channel),
        case
            when decided.status in ('ok', 'provisional') and quantiles.event_count < 10 then 'too_few' else decided.status
        end as time_status,
        decided.n_old_enough >= 30 and quantiles.event_count >= 10 as is_given
    from decided
    inner join quantiles using (slice, channel)

)

select
    slice,
    channel,
    gated.events as numerator,
    gated.unit_count as denominator,
    case when gated.is_given then gated.half_days end as estimate,
    case when gated.is_given then gated.half_low end as low,
    case when gated.is_given then gated.half_high end as high,
    gated.n_old_enough,
    gated.time_status as status,
    gated.age_days as horizon_days,
    gated.judge_on,
    all_decided.share_decided,
    case when gated.is_given then gated.ninety_days end as ninety_days,
    case when gated.is_given then gated.ninety_low end as ninety_low,
    case when gated.is_given then gated.ninety_high end as ninety_high,
    qualified.share as share_qualified,
    qualified.low as qualified_low,
    qualified.high as qualified_high,
    qualified.ended_share as share_closed
from gated
inner join all_decided using (slice, channel)
inner join qualified using (slice, channel)
