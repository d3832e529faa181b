-- title:     Leads needed for the target
-- stage:     close
-- home:      outbound, detail
-- rows:      (select units.* exclude (is_counted), months.measure
--            from journey_units('won', $scope, $horizon) as units inner join months using (channel)
--            where units.is_old_enough)
-- headline:  none
-- unit:      count
-- of:        leads
-- direction: none
-- reads:     Worked backward: how many leads it takes to win what is left of the target, at what a lead of this channel brings.
-- needs:     targets.month, targets.channel, targets.target, leads.created_at, opportunities.outcome,
--            opportunities.closed_at, opportunities.acv, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- withheld:  Amounts or targets in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   inbound 180, outbound 365
-- also:      horizon_days, judge_on, measure, month_on, target_amount, won_amount, value_per_lead, enter_by_on, opportunities_low,
--   opportunities_high, calls_low, calls_high, currency
-- apart:     Each channel has a target of its own.
-- across:    Each channel at its own rates and its own age; the numbers of leads are not to be compared.
-- caveat:    A range, not a point: it follows from the range of the value per lead (mean cumulative value) by the horizon. No upper
--   end means that the data allow a lead to be worth next to nothing.
-- caveat:    Leads must enter by enter_by_on to have had their time by the end of the month. It assumes that the next leads are like
--   the last ones; more leads of the same kind may not be found.
-- caveat:    Opportunities and calls follow from the leads, at the share that becomes an opportunity by the horizon and at the calls
--   so far per lead old enough. Months that are over, or whose target is met, need none.
-- answers:   S1.33
with

months as (

    select
        *,
        strftime(month_on, '%Y-%m') as measure,
        case when won_amount is not null then greatest(0, target_amount - won_amount) end as left_amount
    from target_months($scope)
    where last_on > $scope['as_of']::date

),

values_at_horizon as (

    select *
    from value_at('won', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

opportunity_shares as (

    select *
    from incidence_at('opportunity', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

old_leads as (

    select
        channel,
        lead_id
    from scope_leads($scope)
    where potential_days >= horizon_of($horizon, channel)

),

call_rates as (

    select
        old_leads.channel,
        safe_ratio(count(calls.call_id), count(distinct old_leads.lead_id)) as calls_per_lead
    from old_leads
    left join snapshot.fact_calls as calls on old_leads.lead_id = calls.lead_id and calls.started_on <= $scope['as_of']::date
    group by old_leads.channel
    having (select count(*) from snapshot.fact_calls) > 0

),

-- The mean of amounts needs ten wins behind it (as in revenue_per_lead_at_age).
needed as (

    select
        months.*,
        found.age_days as horizon_days,
        found.judge_on,
        found.n_old_enough,
        case
            when months.is_mixed then 'not_available'
            when found.status in ('ok', 'provisional') and found.events < 10 then 'too_few'
            else found.status
        end as status,
        found.mean_amount,
        safe_ratio(months.left_amount, found.mean_amount) as lead_count,
        safe_ratio(months.left_amount, found.high) as lead_low,
        case when found.low > 0 then months.left_amount / found.low end as lead_high,
        opportunity_shares.low as opportunity_low,
        opportunity_shares.high as opportunity_high,
        call_rates.calls_per_lead
    from months
    inner join values_at_horizon as found using (slice, channel)
    left join opportunity_shares using (slice, channel)
    left join call_rates using (channel)

),

shown as (

    select
        *,
        status in ('ok', 'provisional') as is_shown
    from needed

)

select
    slice,
    channel,
    case when not is_mixed then left_amount end as numerator,
    n_old_enough as denominator,
    case when is_shown then lead_count end as estimate,
    case when is_shown then lead_low end as low,
    case when is_shown then lead_high end as high,
    n_old_enough,
    status,
    horizon_days,
    judge_on,
    measure,
    month_on,
    target_amount,
    case when not is_mixed then won_amount end as won_amount,
    case when is_shown then mean_amount end as value_per_lead,
    (last_on - horizon_days::integer)::date as enter_by_on,
    case when is_shown then lead_low * opportunity_low end as opportunities_low,
    case when is_shown then lead_high * opportunity_high end as opportunities_high,
    case when is_shown then lead_low * calls_per_lead end as calls_low,
    case when is_shown then lead_high * calls_per_lead end as calls_high,
    case when not is_mixed then currency end as currency
from shown
