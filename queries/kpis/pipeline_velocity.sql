-- title:     Pipeline velocity
-- stage:     opportunity
-- home:      pipeline, diagnostic
-- rows:      (select * rename (unit_id as opportunity_id) from journey_units('deal_won', $scope, $horizon) where is_followed)
-- headline:  none
-- unit:      money
-- of:        opportunities
-- direction: higher_is_better
-- reads:     How much won value one opportunity brings per day, counted from its creation up to the same age for all.
-- needs:     leads.created_at, opportunities.created_at, opportunities.closed_at, opportunities.outcome, opportunities.acv,
--            opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- withheld:  Amounts in several currencies are not added, and won opportunities without an amount have no value to move.
-- horizon:   inbound 180, outbound 365
-- also:      horizon_days, currency, won_count, value_by_horizon, classic_per_day, classic_win_share, classic_won_value,
--   classic_cycle_days, open_amount, daily_inflow, open_days, without_value_count, open_without_value_count
-- across:    The usual velocity divides by the cycle and so punishes outbound by construction: it stands beside to be
--   recognised, not to judge a channel by.
-- caveat:    classic_per_day multiplies three figures that each lean one way: wins among the closed only, the size of deals
--   won so far, and the cycle of the won only.
-- caveat:    open_days is the open pipeline over its daily inflow: how many days of new pipeline lie open. Open deals without a
--   value are not in it (open_without_value_count); where none has one, both are unknown.
-- caveat:    Won deals without a value add nothing (without_value_count). The interval takes opportunities as independent.
-- answers:   S1.46, S1.50
with

-- Mean cumulative value: won / all would count young opportunities as failures, this weighs each win by who was followed.
at_horizon as (

    select *
    from value_at('deal_won', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- Opportunities created today have no day behind them yet.
followed as (

    select
        slice,
        channel,
        sum(unit_count)::bigint as opportunity_count
    from scope_journeys('deal_won', $scope)
    where exit_age > entry_age
    group by slice, channel

),

-- The usual formula and the flow, from the opportunities themselves.
so_far as (

    select
        slice,
        channel,
        count(*) as opportunity_count,
        safe_ratio(count(*) filter (where outcome = 'won'), count(*) filter (where outcome in ('won', 'lost'))) as win_share,
        safe_ratio(sum(acv) filter (where outcome = 'won'), count(acv) filter (where outcome = 'won')) as won_value,
        median(closed_on - created_on) filter (where outcome = 'won' and closed_on >= created_on) as cycle_days,
        case
            when count(*) filter (where outcome = 'open') = 0 then 0
            else sum(coalesce(amount, acv)) filter (where outcome = 'open')
        end::double as open_amount,
        count(*) filter (where outcome = 'open' and amount is null and acv is null) as open_without_value_count,
        safe_ratio(
            sum(coalesce(amount, acv)),
            1 + date_diff(
                'day',
                coalesce($scope['from_on']::date, min(created_on)),
                least($scope['to_on']::date, $scope['as_of']::date - 1)
            )
        ) as daily_inflow,
        count(*) filter (where outcome = 'won' and acv is null) as without_value_count,
        min(currency) as currency,
        count(distinct currency) as currency_count
    from scope_opportunities($scope)
    where created_on < $scope['as_of']::date
    group by slice, channel

),

-- Twenty won deals are needed. Amounts of several currencies are not added up, and none is known where no win has a value:
-- not available.
gated as (

    select
        slice,
        channel,
        followed.opportunity_count,
        at_horizon.n_old_enough,
        at_horizon.age_days as horizon_days,
        at_horizon.mean_amount as mean_value,
        at_horizon.se as mean_se,
        at_horizon.amount_so_far as won_amount,
        at_horizon.events as won_count,
        so_far.* exclude (slice, channel, opportunity_count),
        case
            when so_far.currency_count > 1 then 'not_available'
            when at_horizon.status not in ('ok', 'provisional') then at_horizon.status
            when at_horizon.events < 20 then 'too_few'
            when at_horizon.amount_so_far = 0 then 'not_available'
            else at_horizon.status
        end as status
    from followed
    inner join at_horizon using (slice, channel)
    inner join so_far using (slice, channel)

),

shown as (

    select
        *,
        status in ('ok', 'provisional') as is_shown
    from gated

)

select
    slice,
    channel,
    case when is_shown then won_amount end as numerator,
    opportunity_count as denominator,
    case when is_shown then safe_ratio(mean_value, horizon_days) end as estimate,
    case when is_shown then safe_ratio(mean_value, horizon_days) * exp(-z_of(95) * mean_se / mean_value) end as low,
    case when is_shown then safe_ratio(mean_value, horizon_days) * exp(z_of(95) * mean_se / mean_value) end as high,
    n_old_enough,
    status,
    horizon_days,
    case when is_shown then currency end as currency,
    won_count,
    case when is_shown then mean_value end as value_by_horizon,
    case
        when is_shown
            then safe_ratio(opportunity_count * win_share * won_value, cycle_days)
    end as classic_per_day,
    case when is_shown then win_share end as classic_win_share,
    case when is_shown then won_value end as classic_won_value,
    case when is_shown then cycle_days end as classic_cycle_days,
    case when is_shown then open_amount end as open_amount,
    case when is_shown then daily_inflow end as daily_inflow,
    case when is_shown then safe_ratio(open_amount, daily_inflow) end as open_days,
    without_value_count,
    open_without_value_count
from shown
