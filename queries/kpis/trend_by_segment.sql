-- title:     Movement by week, campaign, market and segment
-- stage:     operations
-- headline:  both
-- unit:      ratio
-- direction: higher_is_better
-- reads:     Week by week of creation: the share of leads that met within 30 days, beside the range of chance around the others.
-- needs:     leads.created_at, meetings.held_at
-- horizon:   inbound 30, outbound 30
-- also:      horizon_days, judge_on, measure, week_on, center, lower_limit, upper_limit, is_outside
-- across:    Read each channel against its own weeks: at 30 days outbound shows timing, not quality.
-- caveat:    A week is judged when its Sunday is old enough; younger weeks are too early and carry no share.
-- caveat:    One week in 400 or so falls outside by chance, and more where leads of a week resemble one another.
-- caveat:    Mark the changes of script and criteria (definition_change_log) before a step is read as a change of quality.
-- caveat:    Shares are as counted in each slice; a change of mix between weeks is not taken out.
-- answers:   S0.19, S0.31, S0.36
with

-- Leads that entered the extract late were not followed from their first day: they belong to no plain share.
chosen_leads as (

    select
        slice,
        channel,
        date_trunc('week', created_on)::date as week_on,
        horizon_of($horizon, channel) as horizon_days,
        potential_days,
        meeting_on <= least(created_on + horizon_of($horizon, channel)::integer, coalesce(won_on, lost_on, meeting_on)) as is_met
    from scope_leads($scope)
    where entry_age < 0

),

-- Equal age for all: every lead of a mature week has been followed for the whole horizon, so a plain proportion holds.
weeks as (

    select
        slice,
        channel,
        week_on,
        any_value(horizon_days) as horizon_days,
        (week_on + 6 + any_value(horizon_days)::integer)::date as judge_on,
        count(*) as lead_count,
        count(*) filter (where potential_days >= horizon_days) as old_count,
        count(*) filter (where is_met) as met_count
    from chosen_leads
    group by slice, channel, week_on

),

matured as (

    select
        *,
        judge_on <= $scope['as_of']::date as is_mature
    from weeks

),

-- The week under test is left out of its own limits, as it would pull them towards itself.
others as (

    select
        *,
        sum(lead_count * is_mature::integer) over whole_line - lead_count * is_mature::integer as other_leads,
        sum(met_count * is_mature::integer) over whole_line - met_count * is_mature::integer as other_met,
        sum(is_mature::integer) over whole_line - is_mature::integer as other_weeks
    from matured
    window whole_line as (partition by slice, channel)

),

-- p-chart (Shewhart): three standard deviations of a share of this week's size around the other weeks' share.
-- Six other weeks, 30 leads in them and both outcomes among them, else there is nothing to draw limits from.
charted as (

    select
        *,
        case when is_mature and lead_count >= 10 then safe_ratio(met_count, lead_count) end as share,
        case
            when is_mature and other_weeks >= 6 and other_leads >= 30 and other_met > 0 and other_met < other_leads
                then safe_ratio(other_met, other_leads)
        end as center
    from others

),

bounded as (

    select
        *,
        case when center is not null then greatest(0, center - 3 * sqrt(center * (1 - center) / lead_count)) end as lower_limit,
        case when center is not null then least(1, center + 3 * sqrt(center * (1 - center) / lead_count)) end as upper_limit
    from charted

)

select
    slice,
    channel,
    case when is_mature then met_count end as numerator,
    lead_count as denominator,
    share as estimate,
    case when share is not null then wilson_low(met_count, lead_count, z_of(95)) end as low,
    case when share is not null then wilson_high(met_count, lead_count, z_of(95)) end as high,
    old_count as n_old_enough,
    case when is_mature then sample_status(lead_count) else 'too_early' end as status,
    horizon_days,
    judge_on,
    strftime(week_on, '%G-W%V') as measure,
    week_on,
    center,
    lower_limit,
    upper_limit,
    share < lower_limit or share > upper_limit as is_outside
from bounded

union all

-- The line the weeks are read against: all mature weeks together.
select
    slice,
    channel,
    sum(met_count)::bigint as numerator,
    sum(lead_count)::bigint as denominator,
    case when sum(lead_count) >= 10 then safe_ratio(sum(met_count), sum(lead_count)) end as estimate,
    case when sum(lead_count) >= 10 then wilson_low(sum(met_count), sum(lead_count), z_of(95)) end as low,
    case when sum(lead_count) >= 10 then wilson_high(sum(met_count), sum(lead_count), z_of(95)) end as high,
    sum(lead_count)::bigint as n_old_enough,
    sample_status(sum(lead_count)) as status,
    any_value(horizon_days) as horizon_days,
    max(judge_on) as judge_on,
    'all mature weeks' as measure,
    null as week_on,
    null as center,
    null as lower_limit,
    null as upper_limit,
    null as is_outside
from matured
where is_mature
group by slice, channel
