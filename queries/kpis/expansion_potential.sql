-- title:     Expansion (time to first expansion)
-- stage:     expansion
-- home:      outbound, beside
-- rows:      journey_units('expanded', $scope, $horizon)
-- headline:  outbound
-- unit:      ratio
-- of:        customers
-- direction: higher_is_better
-- reads:     Of 100 new customers, how many have booked a first expansion within a year of their first won deal.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.outcome, opportunities.closed_at, revenue.kind,
--   revenue.booked_at
-- horizon:   inbound 365, outbound 365
-- also:      horizon_days, judge_on, churned_share, amount_per_customer, amount_low, amount_high
-- across:    A customer keeps the channel of the lead that first won it. Bigger accounts expand more often: compare within a segment.
-- caveat:    From and to choose customers by the day of their first won deal. Customers who left can no longer expand.
-- caveat:    Upsell in the first order is no expansion: only bookings after the day of the first win count.
-- caveat:    Accounts are taken as they stand in the extracts: a subsidiary with an account of its own is a customer of its own.
-- caveat:    The amount per customer needs ten expansions; customers who did not expand count with nothing.
-- answers:   S1.57
with

-- Churn competes with expansion; customers of less than a year are censored, not taken for ones that never expand.
at_horizon as (

    select *
    from incidence_at('expanded', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

amounts as (

    select
        slice,
        channel,
        mean_amount,
        low,
        high
    from value_at('expanded', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel) and events >= 10 and status in ('ok', 'provisional')

)

select
    slice,
    channel,
    at_horizon.events as numerator,
    at_horizon.unit_count as denominator,
    at_horizon.share as estimate,
    at_horizon.low,
    at_horizon.high,
    at_horizon.n_old_enough,
    at_horizon.status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    at_horizon.ended_share as churned_share,
    amounts.mean_amount as amount_per_customer,
    amounts.low as amount_low,
    amounts.high as amount_high
from at_horizon
left join amounts using (slice, channel)
