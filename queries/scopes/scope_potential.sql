-- For each slice and channel and each age in `ages`: how many leads there are (lead_count), how many have a potential
-- follow-up of at least that age (n_old_enough: exact, no estimation), and the day on which 100 will have it (judge_on).
create or replace macro scope_potential(scope, ages) as table
with
cohort as (
    select
        *,
        date_diff('day', created_on, scope['as_of']::date) as potential_days,
        sum(lead_count) over (partition by slice, channel order by created_on) as arrived_count
    from scope_cohort(scope)
),
totals as (
    select
        slice,
        channel,
        sum(lead_count) as lead_count,
        min(created_on) filter (where arrived_count >= 100) as hundredth_on
    from cohort
    group by all
),
asked as (
    select *, unnest(list_distinct(ages))::integer as age_days
    from totals
),
younger as (
    select
        slice,
        channel,
        potential_days,
        sum(lead_count) over (partition by slice, channel order by potential_days) as younger_count
    from (
        select slice, channel, potential_days, sum(lead_count) as lead_count
        from cohort
        group by all
    ) as by_potential
)
select
    asked.slice,
    asked.channel,
    asked.age_days,
    asked.lead_count::bigint as lead_count,
    (asked.lead_count - coalesce(younger.younger_count, 0))::bigint as n_old_enough,
    (asked.hundredth_on + asked.age_days)::date as judge_on
from asked
asof left join younger
    on asked.slice = younger.slice and asked.channel = younger.channel and asked.age_days > younger.potential_days;
