-- For each slice and channel and each age in `ages`: how many units there are (unit_count), how many have a potential
-- follow-up of at least that age and at least one day (n_old_enough: exact, no estimation), and the day
-- on which 100 will have it, or 30 where there are fewer (judge_on).
create or replace macro scope_potential(wanted, scope, ages) as table
with
cohort as (
    select
        *,
        date_diff('day', started_on, scope['as_of']::date) * ages_per_day as potential_age,
        sum(unit_count) over (partition by slice, channel order by started_on) as arrived_count
    from scope_cohort(wanted, scope)
),
totals as (
    select
        slice,
        channel,
        ages_per_day,
        sum(unit_count) as unit_count,
        -- With fewer than 100 units the day on which 30 will be old enough: the first that may be shown.
        coalesce(
            min(started_on) filter (where arrived_count >= 100), min(started_on) filter (where arrived_count >= 30)
        ) as needed_on
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
        potential_age,
        sum(unit_count) over (partition by slice, channel order by potential_age) as younger_count
    from (
        select slice, channel, potential_age, sum(unit_count) as unit_count
        from cohort
        group by all
    ) as by_potential
)
select
    asked.slice,
    asked.channel,
    asked.age_days,
    asked.unit_count::bigint as unit_count,
    (asked.unit_count - coalesce(younger.younger_count, 0))::bigint as n_old_enough,
    (asked.needed_on + ceil(asked.age_days / asked.ages_per_day::double)::integer)::date as judge_on
from asked
asof left join younger
    on asked.slice = younger.slice and asked.channel = younger.channel and greatest(asked.age_days, 1) > younger.potential_age;
