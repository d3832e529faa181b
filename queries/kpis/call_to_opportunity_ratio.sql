-- title:     Call-to-opportunity ratio
-- stage:     opportunity
-- home:      inbound, headline
-- rows:      cohort left join attempts using (lead) left join openings using (lead_id) where is_old_enough
-- counter:   midfunnel_silent_failure
-- headline:  inbound
-- unit:      per_unit
-- of:        calls
-- per:       per 100 calls
-- direction: higher_is_better
-- reads:     How many opportunities come of 100 calls that we make, both counted in the same leads up to the same age.
-- needs:     leads.created_at, calls.started_at, opportunities.created_at, calls.lead_id, opportunities.lead_id
-- links:     calls.lead, opportunities.lead
-- windows:   calls, opportunities
-- horizon:   inbound 45, outbound 120
-- also:      horizon_days, calls_per_opportunity, calls_both_ways, per_hundred_calls_both_ways
-- across:    Outbound needs calls by definition, and an inbound lead often calls us: only our own attempts are counted, and
--   the ratio over the calls of both sides stands beside it.
-- caveat:    The calls of a month over the opportunities of that month would mix leads of different ages; this does not.
-- caveat:    A call without a direction counts as ours. Opportunities without a lead are not counted: nobody knows which calls.
-- caveat:    The interval is on the log scale, with the accounts as clusters (linearised variance), not a bootstrap.
-- answers:   S1.53
with

cohort as (

    select
        slice,
        channel,
        lead_id,
        lead,
        account_id,
        coalesce(account, -lead) as cluster_id,
        created_on,
        horizon_of($horizon, channel) as horizon_days,
        potential_days >= horizon_of($horizon, channel) as is_old_enough
    from scope_leads($scope)

),

attempts as (

    select
        cohort.lead,
        count(*) filter (where calls.direction is distinct from 'inbound') as own_calls,
        count(*) as calls_both_ways
    from cohort
    inner join snapshot.fact_calls as calls using (lead)
    where calls.started_on <= cohort.created_on + cohort.horizon_days
    group by cohort.lead

),

openings as (

    select
        cohort.lead_id,
        count(*) as opportunity_count
    from cohort
    inner join snapshot.fact_opportunities as opportunities using (lead_id)
    where opportunities.created_on <= cohort.created_on + cohort.horizon_days
    group by cohort.lead_id

),

-- Only leads that have reached the age: of the younger ones neither the calls nor the opportunities are complete.
by_account as (

    select
        slice,
        channel,
        cohort.cluster_id,
        coalesce(sum(openings.opportunity_count) filter (where is_old_enough), 0) as opportunity_count,
        coalesce(sum(attempts.own_calls) filter (where is_old_enough), 0) as own_calls,
        coalesce(sum(attempts.calls_both_ways) filter (where is_old_enough), 0) as calls_both_ways,
        count(*) filter (where is_old_enough) as n_old_enough,
        count(*) as lead_count,
        any_value(horizon_days) as horizon_days
    from cohort
    left join attempts using (lead)
    left join openings using (lead_id)
    group by slice, channel, cohort.cluster_id

),

totals as (

    select
        slice,
        channel,
        sum(opportunity_count)::bigint as opportunity_count,
        sum(own_calls)::bigint as own_calls,
        sum(calls_both_ways)::bigint as calls_both_ways,
        sum(n_old_enough)::bigint as n_old_enough,
        sum(lead_count)::bigint as lead_count,
        count(*) filter (where n_old_enough > 0) as account_count,
        sum(opportunity_count * opportunity_count) as opportunity_squares,
        sum(opportunity_count * own_calls) as cross_products,
        sum(own_calls * own_calls) as call_squares,
        any_value(horizon_days) as horizon_days
    from by_account
    group by slice, channel

),

-- Delta method for ln(opportunities / calls): each account adds the square of its share of the one less its share of the
-- other, multiplied out so that only whole numbers are summed and the order of the rows does not matter.
-- Ten opportunities are needed, and thirty calls: a ratio over fewer is no yield of calling.
gated as (

    select
        *,
        sqrt(
            greatest(
                0,
                safe_ratio(opportunity_squares, opportunity_count ** 2)
                - 2 * safe_ratio(cross_products, opportunity_count * own_calls)
                + safe_ratio(call_squares, own_calls ** 2)
            )
            * safe_ratio(account_count, account_count - 1)
        ) as log_se,
        100 * safe_ratio(opportunity_count, own_calls) as per_hundred_calls,
        case
            when
                maturity_status(n_old_enough, lead_count) in ('ok', 'provisional')
                and (opportunity_count < minimum('events') or own_calls < minimum('calls'))
                then 'too_few'
            else maturity_status(n_old_enough, lead_count)
        end as status
    from totals

)

select
    slice,
    channel,
    opportunity_count as numerator,
    own_calls as denominator,
    case when status in ('ok', 'provisional') then per_hundred_calls end as estimate,
    case when status in ('ok', 'provisional') then per_hundred_calls * exp(-z_of(95) * log_se) end as low,
    case when status in ('ok', 'provisional') then per_hundred_calls * exp(z_of(95) * log_se) end as high,
    n_old_enough,
    status,
    horizon_days,
    case when status in ('ok', 'provisional') then safe_ratio(own_calls, opportunity_count) end as calls_per_opportunity,
    calls_both_ways,
    case when status in ('ok', 'provisional') then 100 * safe_ratio(opportunity_count, calls_both_ways) end
        as per_hundred_calls_both_ways
from gated
