-- title:     Net revenue retention at 12 months
-- stage:     expansion
-- home:      outbound, detail
-- rows:      accounts where is_old_enough and started_amount > 0
-- headline:  both
-- unit:      ratio
-- of:        recurring revenue
-- direction: higher_is_better
-- reads:     Of 100 of recurring revenue that customers started with, how much they hold a year after their first won deal.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.outcome, opportunities.closed_at, revenue.booked_at,
--   revenue.arr_delta, revenue.kind
-- horizon:   inbound 365, outbound 365
-- also:      horizon_days, judge_on, customer_count, left_out_count
-- across:    Both channels are read a year after the first win. In a young outbound programme few customers are that old yet.
-- caveat:    Only customers of a full year count, each with its own first year: cohorts of different age are not mixed.
-- caveat:    Started with is what was booked as new within the year; expansion, contraction and churn are added on the other side.
-- caveat:    left_out_count customers are a year old and have no new booking: what they started with is not known.
-- caveat:    From and to choose customers by the day of their first won deal; the channel is that of the lead that won it.
-- caveat:    The range comes from the spread between accounts; it is given on the log scale instead of by resampling.
-- answers:   S1.57
with

-- Of two first wins on one day the opportunity id decides, so that the order of rows is of no account.
first_wins as (

    select
        leads.account_id,
        arg_min(leads.lead_id, struct_pack(closed_on := opportunities.closed_on, place := opportunities.opportunity_id)) as lead_id,
        min(opportunities.closed_on) as won_on
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    where
        opportunities.outcome = 'won'
        and opportunities.created_on <= $scope['as_of']::date
        and opportunities.closed_on <= $scope['as_of']::date
        and leads.created_on <= $scope['as_of']::date
        and leads.account_id is not null
    group by leads.account_id

),

customers as (

    select
        slice_of($scope, leads.source, leads.segment, leads.region) as slice,
        leads.channel,
        first_wins.account_id,
        first_wins.won_on,
        horizon_of($horizon, leads.channel) as horizon_days,
        first_wins.won_on + horizon_of($horizon, leads.channel)::integer <= $scope['as_of']::date as is_old_enough
    from first_wins
    inner join snapshot.fact_leads as leads using (lead_id)
    where
        first_wins.won_on >= coalesce($scope['from_on']::date, first_wins.won_on)
        and first_wins.won_on <= coalesce($scope['to_on']::date, first_wins.won_on)
        and in_scope($scope, leads.channel, leads.source, leads.segment, leads.region)

),

accounts as (

    select
        customers.slice,
        customers.channel,
        customers.account_id,
        customers.is_old_enough,
        customers.won_on,
        customers.horizon_days,
        coalesce(sum(revenue.arr_amount) filter (where revenue.kind = 'new'), 0)::decimal(18, 2) as started_amount,
        coalesce(sum(revenue.arr_amount), 0)::decimal(18, 2) as held_amount
    from customers
    left join snapshot.fact_revenue as revenue
        on
            customers.account_id = revenue.account_id
            and revenue.booked_on <= least(customers.won_on + customers.horizon_days::integer, $scope['as_of']::date)
    group by all

),

-- A ratio of two sums over the same accounts, linearised: the spread of what each account holds beyond the ratio times what
-- it started with. From sums of cents, so that the order of the accounts is of no account.
totals as (

    select
        slice,
        channel,
        any_value(horizon_days) as horizon_days,
        count(*) as customer_count,
        count(*) filter (where is_old_enough and started_amount > 0) as judged_count,
        count(*) filter (where is_old_enough and started_amount <= 0) as left_out_count,
        coalesce(sum(started_amount) filter (where is_old_enough and started_amount > 0), 0)::double as started_amount,
        coalesce(sum(held_amount) filter (where is_old_enough and started_amount > 0), 0)::double as held_amount,
        sum(started_amount::decimal(38, 4) * started_amount) filter (where is_old_enough and started_amount > 0)::double
            as started_square,
        sum(held_amount::decimal(38, 4) * held_amount) filter (where is_old_enough and started_amount > 0)::double as held_square,
        sum(held_amount::decimal(38, 4) * started_amount) filter (where is_old_enough and started_amount > 0)::double as product_sum,
        list_sort(list(won_on))[20] as twentieth_on
    from accounts
    group by slice, channel

),

ratios as (

    select
        *,
        safe_ratio(held_amount, started_amount) as ratio,
        case
            when judged_count >= 20 then 'ok'
            when customer_count >= 20 then 'too_early'
            else 'too_few'
        end as status
    from totals

),

spreads as (

    select
        *,
        case
            when ratio > 0
                then
                    sqrt(
                        greatest(0, held_square - 2 * ratio * product_sum + ratio ** 2 * started_square)
                        * judged_count / nullif(judged_count - 1, 0)
                    ) / held_amount
        end as log_se
    from ratios

)

-- Where nothing is held any more there is no log scale and no range.
select
    slice,
    channel,
    held_amount as numerator,
    started_amount as denominator,
    case when status = 'ok' then ratio end as estimate,
    case when status = 'ok' then ratio * exp(-z_of(95) * log_se) end as low,
    case when status = 'ok' then ratio * exp(z_of(95) * log_se) end as high,
    judged_count as n_old_enough,
    status,
    horizon_days,
    (twentieth_on + horizon_days::integer)::date as judge_on,
    customer_count,
    left_out_count
from spreads
