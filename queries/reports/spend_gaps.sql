-- title:     Spend without leads, leads without spend
-- stage:     reach
-- home:      sources, report
-- headline:  none
-- unit:      count
-- of:        leads
-- direction: none
-- reads:     On which sources money was spent that brought no lead in the chosen days, and which sources with leads have no spend.
-- needs:     leads.created_at, leads.source, spend.month, spend.cost
-- links:     spend.source
-- windows:   none
-- horizon:   none
-- also:      measure, cost_amount
-- across:    Spend that names no channel belongs to the source alone.
-- caveat:    Over the months that the chosen days touch.
-- caveat:    Where a segment or region is chosen nothing is listed: spend is not split that far.
-- answers:   S1.67, S1.81
with

lead_sources as (

    select
        source,
        min(channel) as channel,
        count(*) as lead_count
    from scope_leads($scope)
    group by source

),

spend_sources as (

    select
        coalesce(source, 'no source') as source,
        coalesce(min(channel), 'unknown') as channel,
        sum(cost_amount)::double as cost_amount
    from snapshot.fact_spend
    where
        month_on <= least($scope['as_of']::date, coalesce($scope['to_on']::date, $scope['as_of']::date))
        and last_day(month_on) >= coalesce($scope['from_on']::date, month_on)
        and (len($scope['sources']) = 0 or list_contains($scope['sources'], source))
        and (len($scope['channels']) = 0 or channel is null or list_contains($scope['channels'], channel))
    group by coalesce(source, 'no source')

),

gaps as (

    select
        source as slice,
        coalesce(lead_sources.channel, spend_sources.channel) as channel,
        coalesce(lead_sources.lead_count, 0) as lead_count,
        spend_sources.cost_amount,
        case when lead_sources.lead_count is null then 'spend without leads' else 'leads without spend' end as measure
    from lead_sources
    full join spend_sources using (source)
    where
        len($scope['segments']) + len($scope['regions']) = 0
        and (lead_sources.lead_count is null or spend_sources.cost_amount is null)

)

select
    slice,
    case when channel in ('inbound', 'outbound', 'other') then channel else 'unknown' end as channel,
    lead_count as numerator,
    lead_count as denominator,
    lead_count::double as estimate,
    null::double as low,
    null::double as high,
    lead_count as n_old_enough,
    'ok' as status,
    measure,
    cost_amount
from gaps
