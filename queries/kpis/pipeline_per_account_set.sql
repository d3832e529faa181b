-- title:     Pipeline value per account set
-- stage:     opportunity
-- home:      outbound, headline
-- rows:      chosen
--            left join (
--            select account_id, set_id, sum(amount) as amount, count(amount) as opportunity_count from openings group by all
--            ) as opened using (account_id, set_id)
--            where potential_days >= horizon_days
-- headline:  outbound
-- unit:      money
-- of:        targeted accounts
-- direction: higher_is_better
-- reads:     How much pipeline one targeted account yields by this many days after it was targeted.
-- needs:     account_sets.targeted_from, opportunities.created_at, opportunities.amount, opportunities.lead_id
-- links:     opportunities.lead, account_sets.account, opportunity_changes.opportunity
-- windows:   opportunities, opportunity_changes
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   inbound 180, outbound 180
-- also:      horizon_days, currency, opportunity_count, recorded_count, without_amount_count, mean_cumulative_value,
--   winsorised_value, largest_share
-- apart:     Only outbound has a list of targeted accounts.
-- across:    Inbound has no list of targeted accounts, so there is nothing to compare it with.
-- caveat:    Amounts are those first recorded for the opportunity (recorded_count of them), where opportunity changes are
--   delivered; else the amount it shows now, which somebody may have edited since.
-- caveat:    Accounts with an opportunity that was open when they were targeted are left out: the list did not open it.
-- caveat:    mean_cumulative_value uses the younger accounts too; winsorised_value cuts amounts at their 95th percentile.
-- caveat:    The interval is on the log scale with the accounts as clusters (linearised variance), not a bootstrap.
-- answers:   S1.84
with

targeted as (

    select
        account_id,
        set_id,
        min(targeted_on) as targeted_on
    from snapshot.fact_account_sets
    where targeted_on < $scope['as_of']::date
    group by account_id, set_id

),

-- The first recorded amount is the one nobody has edited yet.
first_amounts as (

    select
        opportunity_id,
        arg_min(amount, (changed_at, amount)) as amount
    from snapshot.fact_opportunity_changes
    where changed_on <= $scope['as_of']::date and amount is not null
    group by opportunity_id

),

account_opportunities as (

    select
        coalesce(opportunities.account_id, leads.account_id) as account_id,
        opportunities.created_on,
        opportunities.closed_on,
        opportunities.currency,
        coalesce(first_amounts.amount, opportunities.amount) as amount,
        first_amounts.amount is not null as is_recorded
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    left join first_amounts using (opportunity_id)
    where opportunities.created_on <= $scope['as_of']::date and leads.created_on <= $scope['as_of']::date

),

already_open as (

    select distinct
        targeted.account_id,
        targeted.set_id
    from targeted
    inner join account_opportunities using (account_id)
    where
        account_opportunities.created_on < targeted.targeted_on
        and coalesce(account_opportunities.closed_on, targeted.targeted_on) >= targeted.targeted_on

),

account_places as (

    select
        account_id,
        arg_min(segment, (created_on, lead_id)) as segment,
        arg_min(region, (created_on, lead_id)) as region
    from snapshot.fact_leads
    where created_on <= $scope['as_of']::date
    group by account_id

),

chosen as (

    select
        slice_of(
            $scope, targeted.set_id, or_blank(account_places.segment), or_blank(account_places.region)
        ) as slice,
        'outbound' as channel,
        targeted.account_id,
        targeted.set_id,
        targeted.targeted_on,
        date_diff('day', targeted.targeted_on, $scope['as_of']::date) as potential_days,
        horizon_of($horizon, 'outbound') as horizon_days
    from targeted
    anti join already_open using (account_id, set_id)
    left join account_places using (account_id)
    where
        in_days($scope, targeted.targeted_on)
        and in_scope(
            $scope,
            'outbound',
            targeted.set_id,
            or_blank(account_places.segment),
            or_blank(account_places.region)
        )

),

openings as (

    select
        chosen.slice,
        chosen.channel,
        chosen.account_id,
        chosen.set_id,
        chosen.potential_days >= chosen.horizon_days as is_old_enough,
        date_diff('day', chosen.targeted_on, account_opportunities.created_on) as age_days,
        account_opportunities.* exclude (account_id, created_on, closed_on),
        quantile_cont(account_opportunities.amount, .95) over (partition by chosen.slice)::decimal(18, 2) as amount_cap
    from chosen
    inner join account_opportunities using (account_id)
    where
        account_opportunities.created_on >= chosen.targeted_on
        and account_opportunities.created_on <= chosen.targeted_on + chosen.horizon_days

),

-- Mean cumulative value: each amount over the accounts that were followed to its age, so young accounts add what they know.
followed_value as (

    select
        slice,
        channel,
        sum(amount / followed_count order by age_days) as mean_cumulative_value
    from (
        select
            by_age.*,
            (
                select count(*)
                from chosen
                where chosen.slice = by_age.slice and chosen.potential_days >= by_age.age_days
            ) as followed_count
        from (
            select
                slice,
                channel,
                age_days,
                sum(amount)::double as amount
            from openings
            group by slice, channel, age_days
        ) as by_age
    ) as weighed
    group by slice, channel

),

account_values as (

    select
        slice,
        channel,
        account_id,
        sum(amount) as amount,
        sum(least(amount, amount_cap)) as capped_amount,
        max(amount) as largest_amount,
        count(amount) as opportunity_count,
        count(amount) filter (where is_recorded) as recorded_count,
        count(*) - count(amount) as without_amount_count
    from openings
    where is_old_enough
    group by slice, channel, account_id

),

by_account as (

    select
        chosen.slice,
        chosen.channel,
        chosen.account_id,
        any_value(chosen.horizon_days) as horizon_days,
        count(*) as unit_count,
        count(*) filter (where chosen.potential_days >= chosen.horizon_days) as n_old_enough
    from chosen
    group by chosen.slice, chosen.channel, chosen.account_id

),

currencies as (

    select
        slice,
        channel,
        min(currency) as currency,
        count(distinct currency) as currency_count
    from openings
    group by slice, channel

),

totals as (

    select
        slice,
        channel,
        any_value(by_account.horizon_days) as horizon_days,
        sum(by_account.unit_count)::bigint as unit_count,
        sum(by_account.n_old_enough)::bigint as n_old_enough,
        count(*) filter (where by_account.n_old_enough > 0) as account_count,
        coalesce(sum(account_values.amount), 0)::double as amount,
        coalesce(sum(account_values.capped_amount), 0)::double as capped_amount,
        max(account_values.largest_amount)::double as largest_amount,
        coalesce(sum(account_values.amount::decimal(38, 4) * account_values.amount), 0)::double as amount_squares,
        coalesce(sum(account_values.amount::decimal(38, 2) * by_account.n_old_enough), 0)::double as cross_products,
        sum(by_account.n_old_enough * by_account.n_old_enough)::double as unit_squares,
        coalesce(sum(account_values.opportunity_count), 0)::bigint as opportunity_count,
        coalesce(sum(account_values.recorded_count), 0)::bigint as recorded_count,
        coalesce(sum(account_values.without_amount_count), 0)::bigint as without_amount_count
    from by_account
    left join account_values using (slice, channel, account_id)
    group by slice, channel

),

-- Delta method for ln(amount / accounts): each account adds the square of its share of the money less its share of the
-- accounts, multiplied out so that only exact numbers are summed and the order of the rows does not matter.
-- Five opportunities are needed. Amounts of several currencies are not added up: not available.
gated as (

    select
        totals.*,
        sqrt(
            greatest(
                0,
                safe_ratio(totals.amount_squares, totals.amount ** 2)
                - 2 * safe_ratio(totals.cross_products, totals.amount * totals.n_old_enough)
                + safe_ratio(totals.unit_squares, totals.n_old_enough ** 2)
            )
            * safe_ratio(totals.account_count, totals.account_count - 1)
        ) as log_se,
        currencies.currency,
        followed_value.mean_cumulative_value,
        case
            when currencies.currency_count > 1 then 'not_available'
            when
                maturity_status(totals.n_old_enough, totals.unit_count) in ('ok', 'provisional')
                and totals.opportunity_count < 5
                then 'too_few'
            else maturity_status(totals.n_old_enough, totals.unit_count)
        end as status
    from totals
    left join currencies using (slice, channel)
    left join followed_value using (slice, channel)

)

select
    slice,
    channel,
    case when status in ('ok', 'provisional') then amount end as numerator,
    n_old_enough as denominator,
    case when status in ('ok', 'provisional') then safe_ratio(amount, n_old_enough) end as estimate,
    case when status in ('ok', 'provisional') then safe_ratio(amount, n_old_enough) * exp(-z_of(95) * log_se) end as low,
    case when status in ('ok', 'provisional') then safe_ratio(amount, n_old_enough) * exp(z_of(95) * log_se) end as high,
    n_old_enough,
    status,
    horizon_days,
    case when status <> 'not_available' then currency end as currency,
    opportunity_count,
    recorded_count,
    without_amount_count,
    case when status in ('ok', 'provisional') then mean_cumulative_value end as mean_cumulative_value,
    case when status in ('ok', 'provisional') then safe_ratio(capped_amount, n_old_enough) end as winsorised_value,
    case when status in ('ok', 'provisional') then safe_ratio(largest_amount, amount) end as largest_share
from gated
