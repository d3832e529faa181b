-- The months with a target, and what was won in them up to as_of, by channel of origin: working days (business_hours.days) of
-- the month and of its part up to as_of, whose last day is complete; deals won and their value. from and to are days of the
-- month's beginning. Targets are set per channel: cut or filtered by anything else there is no month.
create or replace macro target_months(scope) as table
with
chosen as (
    select month_on, last_day(month_on) as last_on, channel, target_amount
    from snapshot.fact_targets
    where
        month_on >= coalesce(date_trunc('month', scope['from_on']::date), month_on)
        and month_on <= coalesce(scope['to_on']::date, month_on)
        and (len(scope['channels']) = 0 or list_contains(scope['channels'], channel))
        and scope['slice_by'] is null
        and len(scope['sources']) + len(scope['segments']) + len(scope['regions']) = 0
),
days as (
    select month_on, unnest(generate_series(month_on, last_on, interval 1 day))::date as day_on
    from (select distinct month_on, last_on from chosen) as months
),
working as (
    select
        month_on,
        count(*) as working_days,
        count(*) filter (where day_on <= scope['as_of']::date) as elapsed_days
    from days
    where list_contains(setting_list('business_hours.days'), lower(strftime(day_on, '%a')))
    group by month_on
),
won as (
    select
        date_trunc('month', closed_on)::date as month_on,
        channel,
        count(*) as deal_count,
        count(*) filter (where acv is null) as without_value_count,
        sum(acv)::double as won_amount,
        sum(acv::decimal(38, 4) * acv)::double as square_sum
    from scope_won_deals(struct_update(scope, from_on := null::date, to_on := null::date))
    group by all
),
sizes as (
    select
        channel,
        count(acv) as deal_count,
        sum(acv)::double as amount_sum,
        sum(acv::decimal(38, 4) * acv)::double as square_sum,
        count(distinct currency) > 1 as is_mixed,
        min(currency) as currency
    from scope_won_deals(struct_update(scope, from_on := null::date, to_on := null::date))
    group by channel
)
select
    'all' as slice,
    chosen.channel,
    chosen.month_on,
    chosen.last_on,
    chosen.target_amount::double as target_amount,
    coalesce(working.working_days, 0) as working_days,
    coalesce(working.elapsed_days, 0) as elapsed_days,
    chosen.target_amount::double * working.elapsed_days / nullif(working.working_days, 0) as expected_amount,
    coalesce(won.deal_count, 0) as deal_count,
    coalesce(won.without_value_count, 0) as without_value_count,
    case when won.deal_count is null then 0 else won.won_amount end as won_amount,
    won.square_sum,
    case when sizes.deal_count >= 20 then sizes.square_sum / sizes.amount_sum end as spread_amount,
    coalesce(sizes.is_mixed, false) as is_mixed,
    sizes.currency
from chosen
left join working using (month_on)
left join won on chosen.month_on = won.month_on and chosen.channel = won.channel
left join sizes on chosen.channel = sizes.channel;
