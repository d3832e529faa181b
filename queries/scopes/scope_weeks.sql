-- One row per slice, channel and week of creation: how many of its leads reached the stage (meeting, opportunity or won) by
-- the horizon, and the limits that chance draws around the other weeks (p-chart after Shewhart: three standard deviations
-- of a share of this week's size). A week is mature when its Sunday is old enough: then every lead of it has been followed
-- for the whole horizon and a plain share holds. Leads that entered the extract late were not followed from their first
-- day: they belong to no plain share. Six other mature weeks, 30 leads in them and both outcomes among them, else no limits.
create or replace macro scope_weeks(stage, scope, horizon) as table
with
chosen_leads as (
    select
        slice,
        channel,
        date_trunc('week', created_on)::date as week_on,
        horizon_of(horizon, channel) as horizon_days,
        potential_days,
        case stage when 'meeting' then meeting_on when 'opportunity' then opportunity_on when 'won' then won_on end as reached_on,
        least(created_on + horizon_of(horizon, channel)::integer, coalesce(won_on, lost_on)) as last_on
    from scope_leads(scope)
    where entry_age < 0
),
weeks as (
    select
        slice,
        channel,
        week_on,
        any_value(horizon_days) as horizon_days,
        (week_on + 6 + any_value(horizon_days)::integer)::date as judge_on,
        count(*) as lead_count,
        count(*) filter (where potential_days >= horizon_days) as old_count,
        count(*) filter (where reached_on <= last_on) as reached_count
    from chosen_leads
    group by slice, channel, week_on
),
matured as (
    select
        *,
        judge_on <= scope['as_of']::date as is_mature
    from weeks
),
-- The week under test is left out of its own limits, as it would pull them towards itself.
others as (
    select
        *,
        sum(lead_count * is_mature::integer) over whole_line - lead_count * is_mature::integer as other_leads,
        sum(reached_count * is_mature::integer) over whole_line - reached_count * is_mature::integer as other_reached,
        sum(is_mature::integer) over whole_line - is_mature::integer as other_weeks
    from matured
    window whole_line as (partition by slice, channel)
),
charted as (
    select
        *,
        case when is_mature and lead_count >= 10 then safe_ratio(reached_count, lead_count) end as share,
        case
            when is_mature and other_weeks >= 6 and other_leads >= 30 and other_reached > 0 and other_reached < other_leads
                then safe_ratio(other_reached, other_leads)
        end as center
    from others
)
select
    slice,
    channel,
    week_on,
    horizon_days,
    judge_on,
    is_mature,
    lead_count,
    old_count,
    reached_count,
    share,
    center,
    case when center is not null then greatest(0, center - 3 * sqrt(center * (1 - center) / lead_count)) end as lower_limit,
    case when center is not null then least(1, center + 3 * sqrt(center * (1 - center) / lead_count)) end as upper_limit
from charted;
