-- title:     Revenue per traffic source
-- stage:     close
-- home:      inbound, headline
-- rows:      (select * replace (case when $scope['slice_by'] = 'source' then source else 'all' end as slice), source as measure
--            from journey_units('won', $scope, $horizon)
--            union all by name
--            select * replace ('all' as slice), 'all sources' as measure
--            from journey_units('won', $scope, $horizon) where coalesce($scope['slice_by'], '') <> 'source')
-- counter:   deal_size_consistency
-- headline:  inbound
-- unit:      money
-- of:        leads
-- first:     all sources
-- direction: higher_is_better
-- reads:     What a lead of each source has brought in won contract value by the age at which its channel is judged.
-- needs:     leads.created_at, leads.source, opportunities.outcome, opportunities.closed_at, opportunities.acv, spend.cost,
--            opportunities.lead_id
-- links:     opportunities.lead, spend.source
-- windows:   opportunities, closings, spend
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   inbound 180, outbound 365
-- also:      horizon_days, judge_on, measure, win_count, largest_share, currency, cost_amount, cost_per_lead, revenue_per_cost,
--            revenue_per_cost_low, revenue_per_cost_high
-- apart:     A source stands for another thing in each channel.
-- across:    For outbound a source is a list or a sequence, read at a later age: its rows stand beside inbound, they do not compete.
-- caveat:    Every row is one source (measure), and one is all of them together; segments and regions are looked at with the
--   filters. Sources are listed, not ranked.
-- caveat:    The source is that of the lead when it was created; a later touch moves nothing.
-- caveat:    Fewer than 5 wins give no amount. largest_share tells how much of the won amount is one deal.
-- caveat:    Cost is shown by source, for whole months with spend for it, over the leads of the same months; its currency is not known.
-- caveat:    Where a segment or region is chosen the cost is not known: spend is not split that far.
-- answers:   S1.81, S1.67
with

at_horizon as (

    select *
    from value_at('won', struct_update($scope, slice_by := 'source'), [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)
    union all
    select * replace ('all sources' as slice)
    from value_at('won', struct_update($scope, slice_by := null::varchar), [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel) and coalesce($scope['slice_by'], '') <> 'source'

),

won_lines as (

    select
        channel,
        acv,
        currency,
        unnest([slice, 'all sources']) as source
    from scope_won_deals(struct_update($scope, slice_by := 'source'))
    where acv is not null

),

deals as (

    select
        source,
        channel,
        max(acv) / nullif(sum(acv), 0) as largest_share,
        count(distinct currency) as currency_count,
        min(currency) as currency
    from won_lines
    group by all

),

gated as (

    select
        at_horizon.* exclude (slice, status),
        at_horizon.slice as source,
        deals.largest_share,
        case when deals.currency_count = 1 then deals.currency end as currency,
        costs.cost_amount,
        safe_ratio(costs.cost_amount, costs.lead_count) as cost_per_lead,
        case
            when deals.currency_count > 1 then 'not_available'
            when at_horizon.status in ('ok', 'provisional') and at_horizon.events < 5 then 'too_few'
            else at_horizon.status
        end as status
    from at_horizon
    left join deals on at_horizon.slice = deals.source and at_horizon.channel = deals.channel
    left join source_costs($scope) as costs on at_horizon.slice = costs.source and at_horizon.channel = costs.channel

)

select
    case when $scope['slice_by'] = 'source' then source else 'all' end as slice,
    channel,
    case when status in ('ok', 'provisional') then amount_so_far end as numerator,
    unit_count as denominator,
    case when status in ('ok', 'provisional') then mean_amount end as estimate,
    case when status in ('ok', 'provisional') then low end as low,
    case when status in ('ok', 'provisional') then high end as high,
    n_old_enough,
    status,
    age_days as horizon_days,
    judge_on,
    source as measure,
    events as win_count,
    case when status in ('ok', 'provisional') then largest_share::double end as largest_share,
    currency,
    cost_amount::double as cost_amount,
    cost_per_lead,
    case when status in ('ok', 'provisional') then safe_ratio(mean_amount, cost_per_lead) end as revenue_per_cost,
    case when status in ('ok', 'provisional') then safe_ratio(low, cost_per_lead) end as revenue_per_cost_low,
    case when status in ('ok', 'provisional') then safe_ratio(high, cost_per_lead) end as revenue_per_cost_high
from gated
