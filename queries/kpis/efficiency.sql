-- title:     Efficiency
-- stage:     operations
-- home:      compare, beside
-- rows:      (select *, 'per 100 hours' as measure from worked_leads
--            union all
--            select *, 'per 1,000 of spend' as measure from worked_leads where is_charged)
-- headline:  both
-- unit:      per_unit
-- of:        hours
-- per:       per 100 hours
-- first:     per 100 hours
-- direction: higher_is_better
-- reads:     How many opportunities come of 100 logged hours of work, and of 1,000 of spend, on the same leads.
-- needs:     opportunities.lead_id, opportunities.created_at, time_log.minutes, time_log.lead_id, spend.cost, spend.channel
-- horizon:   inbound 45, outbound 120
-- also:      horizon_days, measure, lead_count, uncovered_lead_count
-- across:    Inbound looks cheaper where the spend on the brand is charged to nobody; read it beside predictability.
-- caveat:    Work, spend and opportunities belong to the same leads, all old enough, up to the same age of the lead.
-- caveat:    Hours logged without a lead belong to no channel and are left out; so are months without recorded spend.
-- caveat:    Spend is charged to the leads created in its month. It knows no segment and no region: not available there.
-- caveat:    Opportunities as created, accepted or not. Spend is taken as booked, in one currency.
-- caveat:    The range takes leads of one account together by a closed form on the log scale, not by resampling.
-- counter:   volume_predictability
-- answers:   S1.90
with

chosen_leads as (

    select
        slice,
        channel,
        lead_id,
        coalesce(account_id, lead_id) as account_id,
        created_on,
        created_on + horizon_of($horizon, channel)::integer as horizon_on,
        date_trunc('month', created_on)::date as month_on,
        potential_days >= horizon_of($horizon, channel) as is_old_enough
    from scope_leads($scope)

),

opportunity_counts as (

    select
        lead_id,
        count(*) as opportunity_count
    from chosen_leads
    inner join snapshot.fact_opportunities as opportunities using (lead_id)
    where opportunities.created_on <= chosen_leads.horizon_on
    group by lead_id

),

-- Added up in a fixed order: fractions of minutes give the same sum every time.
lead_hours as (

    select
        lead_id,
        sum(time_log.minutes order by time_log.worked_on, time_log.minutes) / 60 as hours
    from chosen_leads
    inner join snapshot.fact_time_log as time_log using (lead_id)
    where time_log.worked_on <= chosen_leads.horizon_on
    group by lead_id

),

-- Months that lie wholly in the chosen days and whose last lead is old enough.
spend_months as (

    select
        case when $scope['slice_by'] = 'source' then source else 'all' end as slice,
        channel,
        month_on,
        sum(cost_amount)::double as spend
    from (
        select
            date_trunc('month', month_on)::date as month_on,
            coalesce(channel, 'unknown') as channel,
            coalesce(source, 'unknown') as source,
            cost_amount
        from snapshot.fact_spend
    ) as bookings
    where
        coalesce($scope['slice_by'] = 'source', true)
        and in_scope($scope, channel, source, null, null)
        and month_on >= coalesce($scope['from_on']::date, month_on)
        and last_day(month_on) <= coalesce($scope['to_on']::date, last_day(month_on))
        and last_day(month_on) + horizon_of($horizon, channel)::integer <= $scope['as_of']::date
    group by all
    having sum(cost_amount) > 0

),

worked_leads as (

    select
        chosen_leads.*,
        coalesce(opportunity_counts.opportunity_count, 0) as opportunity_count,
        coalesce(lead_hours.hours, 0) as hours,
        spend_months.spend is not null as is_charged
    from chosen_leads
    left join opportunity_counts using (lead_id)
    left join lead_hours using (lead_id)
    left join spend_months using (slice, channel, month_on)
    where chosen_leads.is_old_enough

),

-- The account is what varies on its own; its leads share their luck.
accounts as (

    select
        slice,
        channel,
        account_id,
        count(*) as lead_count,
        count(*) filter (where is_charged) as charged_count,
        sum(opportunity_count) as opportunity_count,
        coalesce(sum(opportunity_count) filter (where is_charged), 0) as charged_opportunity_count,
        sum(hours order by lead_id) as hours
    from worked_leads
    group by slice, channel, account_id

),

sums as (

    select
        slice,
        channel,
        count(*) as account_count,
        sum(lead_count)::bigint as lead_count,
        sum(charged_count)::bigint as charged_count,
        sum(opportunity_count)::bigint as opportunity_count,
        sum(charged_opportunity_count)::bigint as charged_opportunity_count,
        sum(hours order by account_id) as hours,
        sum(opportunity_count * opportunity_count)::double as opportunity_square_sum,
        sum(charged_opportunity_count * charged_opportunity_count)::double as charged_square_sum,
        sum(opportunity_count * hours order by account_id) as cross_sum,
        sum(hours * hours order by account_id) as hour_square_sum
    from accounts
    group by slice, channel

),

total_spend as (

    select
        slice,
        channel,
        sum(spend order by month_on) as spend
    from spend_months
    group by slice, channel

),

whole as (

    select
        slice,
        channel,
        count(*) as chosen_count,
        any_value(horizon_of($horizon, channel)) as horizon_days
    from chosen_leads
    group by slice, channel

),

-- Ratio of two sums over accounts: its relative variance by linearisation. Spend is a fixed sum, so only the count varies.
measured as (

    select
        slice,
        channel,
        whole.chosen_count,
        whole.horizon_days,
        coalesce(sums.lead_count, 0) as lead_count,
        coalesce(sums.opportunity_count, 0) as opportunity_count,
        coalesce(sums.hours, 0) as invested,
        100 * safe_ratio(sums.opportunity_count, sums.hours) as ratio,
        safe_ratio(sums.account_count, sums.account_count - 1) * greatest(
            0,
            sums.opportunity_square_sum / sums.opportunity_count ** 2
            - 2 * sums.cross_sum / (sums.opportunity_count * sums.hours)
            + sums.hour_square_sum / sums.hours ** 2
        ) as relative_variance,
        0 as uncovered_count,
        'per 100 hours' as measure
    from whole
    left join sums using (slice, channel)
    union all
    select
        slice,
        channel,
        whole.chosen_count,
        whole.horizon_days,
        coalesce(sums.charged_count, 0) as lead_count,
        coalesce(sums.charged_opportunity_count, 0) as opportunity_count,
        coalesce(total_spend.spend, 0) as invested,
        1000 * safe_ratio(sums.charged_opportunity_count, total_spend.spend) as ratio,
        safe_ratio(sums.charged_square_sum, sums.charged_opportunity_count ** 2) as relative_variance,
        coalesce(sums.lead_count - sums.charged_count, 0) as uncovered_count,
        'per 1,000 of spend' as measure
    from whole
    left join sums using (slice, channel)
    left join total_spend using (slice, channel)

),

-- Ten opportunities of two accounts at least; no recorded hours or spend is not free work, it is unknown.
gated as (

    select
        *,
        case
            when lead_count = 0 and uncovered_count = 0 then case when chosen_count >= 30 then 'too_early' else 'too_few' end
            when invested = 0 then 'not_available'
            when relative_variance is null then 'too_few'
            else event_status(opportunity_count, 10)
        end as status
    from measured

)

select
    slice,
    channel,
    opportunity_count as numerator,
    invested as denominator,
    case when status = 'ok' then ratio end as estimate,
    case when status = 'ok' then ratio * exp(-z_of(95) * sqrt(relative_variance)) end as low,
    case when status = 'ok' then ratio * exp(z_of(95) * sqrt(relative_variance)) end as high,
    lead_count as n_old_enough,
    status,
    horizon_days,
    measure,
    lead_count,
    uncovered_count as uncovered_lead_count
from gated
