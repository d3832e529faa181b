-- title:     Sales cycle length
-- stage:     opportunity
-- home:      pipeline, diagnostic
-- rows:      (select * replace (ending <> 'open' as is_counted) rename (unit_id as opportunity_id)
--            from journey_units('deal_won_time', $scope, $horizon) where is_followed)
-- headline:  none
-- unit:      days
-- of:        opportunities
-- direction: none
-- reads:     How many days pass until half of the opportunities are decided, won or lost.
-- needs:     leads.created_at, opportunities.created_at, opportunities.closed_at, opportunities.outcome,
--            opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- horizon:   inbound 180, outbound 365
-- also:      horizon_days, won_by_horizon, won_low, won_high, lost_by_horizon, open_at_horizon, quarter_days, three_quarter_days
-- across:    A longer outbound cycle is expected; it says how long to wait before judging, not how good the leads are.
-- caveat:    Open opportunities count as not decided yet. The median of the won ones alone would count the quick ones only and
--   shrink for a young programme; it is not shown.
-- caveat:    No estimate means that half is not reached. The upper limit is empty where the data do not reach it.
-- caveat:    Opportunities closed before they were created are left out: how long they took is not known.
-- answers:   S1.43
with

-- Opportunities created today have no day behind them yet.
followed as (

    select
        slice,
        channel,
        sum(unit_count)::bigint as opportunity_count,
        coalesce(sum(unit_count) filter (where ending <> 'open'), 0)::bigint as decided_count
    from scope_journeys('deal_won_time', $scope)
    where exit_age > entry_age
    group by slice, channel

),

-- Kaplan-Meier of "still open": both won and lost decide, and nothing else ends an opportunity. The interval of a quantile
-- is where the pointwise log(-log) band crosses it.
quantiles as (

    select
        slice,
        channel,
        quantile_age(age_days, 1 - open_share, .25) as quarter_days,
        quantile_age(age_days, 1 - open_share, .5) as half_days,
        quantile_age(age_days, 1 - open_share, .75) as three_quarter_days,
        quantile_age(age_days, 1 - coalesce(loglog_low(open_share, open_se, z_of(95)), open_share), .5) as half_low,
        quantile_age(age_days, 1 - loglog_high(open_share, open_se, z_of(95)), .5) as half_high
    from incidence_curve('deal_won_time', $scope)
    group by slice, channel

),

at_horizon as (

    select *
    from incidence_at('deal_won_time', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- Every opportunity counts, also one closed before it was created.
shares as (

    select
        slice,
        channel,
        share as won_by_horizon,
        low as won_low,
        high as won_high,
        ended_share as lost_by_horizon,
        open_share as open_at_horizon
    from incidence_at('deal_won', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- A quantile needs ten decisions behind it.
gated as (

    select
        at_horizon.*,
        shares.* exclude (slice, channel),
        quantiles.* exclude (slice, channel),
        followed.opportunity_count,
        followed.decided_count,
        case
            when at_horizon.status in ('ok', 'provisional') and followed.decided_count < 10 then 'too_few'
            else at_horizon.status
        end as shown_status
    from at_horizon
    inner join followed using (slice, channel)
    inner join quantiles using (slice, channel)
    inner join shares using (slice, channel)

)

select
    slice,
    channel,
    decided_count as numerator,
    opportunity_count as denominator,
    case when shown_status in ('ok', 'provisional') then half_days end as estimate,
    case when shown_status in ('ok', 'provisional') then half_low end as low,
    case when shown_status in ('ok', 'provisional') then half_high end as high,
    n_old_enough,
    shown_status as status,
    age_days as horizon_days,
    won_by_horizon,
    won_low,
    won_high,
    lost_by_horizon,
    open_at_horizon,
    case when shown_status in ('ok', 'provisional') then quarter_days end as quarter_days,
    case when shown_status in ('ok', 'provisional') then three_quarter_days end as three_quarter_days
from gated
