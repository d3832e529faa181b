-- What the leads of a source cost: spend of whole months over the leads of the same months, by source and channel of origin.
-- A month counts whole or not at all: half a month of leads must not carry its spend, nor leads the month without any. Spend
-- is matched by source and, where it says one, by channel; spend on a source in a month without leads counts too. Not known
-- (no rows) where a segment or region is chosen: spend is not split that far.
create or replace macro source_costs(scope) as table
with
monthly_spend as (
    select
        source,
        channel,
        date_trunc('month', month_on)::date as month_on,
        sum(cost_amount) as cost_amount
    from snapshot.fact_spend
    where
        source is not null
        and date_trunc('month', month_on) >= coalesce(scope['from_on']::date, month_on - 31)
        and last_day(month_on) <= coalesce(scope['to_on']::date, last_day(month_on))
        and last_day(month_on) < scope['as_of']::date
    group by all
),
monthly_leads as (
    select
        source,
        channel,
        date_trunc('month', created_on)::date as month_on,
        count(*) as lead_count
    from scope_leads(scope)
    group by all
),
sources as (
    select distinct source, channel
    from monthly_leads
),
spent as (
    select
        sources.source,
        sources.channel,
        monthly_spend.month_on,
        sum(monthly_spend.cost_amount) as cost_amount
    from sources
    inner join monthly_spend
        on sources.source = monthly_spend.source and sources.channel = coalesce(monthly_spend.channel, sources.channel)
    group by all
)
select
    spent.source,
    spent.channel,
    sum(spent.cost_amount) as cost_amount,
    sum(monthly_leads.lead_count) as lead_count
from spent
left join monthly_leads using (source, channel, month_on)
where len(scope['segments']) = 0 and len(scope['regions']) = 0
group by spent.source, spent.channel;
