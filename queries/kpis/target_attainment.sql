-- title:     Won against target
-- stage:     close
-- home:      pipeline, detail
-- rows:      (select months.slice, months.measure, deals.* exclude (slice) from months inner join (
--            select *, date_trunc('month', closed_on)::date as month_on
--            from scope_won_deals(struct_update($scope, from_on := null::date, to_on := null::date))) as deals
--            using (channel, month_on))
-- headline:  none
-- unit:      index
-- of:        won deals
-- direction: higher_is_better
-- reads:     What was won in a month, over what the target asks for by now: the target by working days, not by calendar days.
-- needs:     targets.month, targets.channel, targets.target, opportunities.outcome, opportunities.closed_at,
--            opportunities.acv, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   closings
-- whole:     opportunities
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   none
-- also:      measure, month_on, target_amount, working_days, elapsed_days, expected_low, expected_high, without_value_count, currency
-- apart:     Each channel has a target of its own.
-- across:    Each channel has its own target: this says how a plan is met, not which leads are better.
-- caveat:    Expected: the target times the working days up to the as-of date over those of the month (business_hours.days; holidays
--   are not known). Its range is what a month on plan may show by chance, from the sizes of all deals that the channel has won.
-- caveat:    By month of closing, all ages of leads together: a young programme may miss a target with good leads.
-- caveat:    Deals are taken as independent, their number as Poisson. Fewer than 10 won deals give no ratio, fewer than 20 in all no
--   range. Targets are in the currency of the deals; cut by anything but the channel there are none.
-- answers:   S1.33
with

months as (

    select
        *,
        strftime(month_on, '%Y-%m') as measure,
        case
            when is_mixed then 'not_available'
            when elapsed_days = 0 then 'too_early'
            when deal_count >= 20 then 'ok'
            when deal_count >= 10 then 'provisional'
            else 'too_few'
        end as status
    from target_months($scope)

),

-- Compound Poisson: the variance of a sum of amounts is the sum of their squares; on the log scale, for a ratio.
attained as (

    select
        *,
        case when status in ('ok', 'provisional') then safe_ratio(won_amount, expected_amount) end as attainment,
        safe_ratio(sqrt(square_sum), won_amount) as log_se,
        sqrt(expected_amount * spread_amount) as expected_se
    from months

)

select
    slice,
    channel,
    case when not is_mixed then won_amount end as numerator,
    expected_amount as denominator,
    attainment as estimate,
    attainment * exp(-z_of(95) * log_se) as low,
    attainment * exp(z_of(95) * log_se) as high,
    deal_count as n_old_enough,
    status,
    measure,
    month_on,
    target_amount,
    working_days,
    elapsed_days,
    case when not is_mixed and expected_se is not null then greatest(0, expected_amount - z_of(95) * expected_se) end as expected_low,
    case when not is_mixed then expected_amount + z_of(95) * expected_se end as expected_high,
    without_value_count,
    case when not is_mixed then currency end as currency
from attained
