-- title:     Movement by week, campaign, market and segment
-- stage:     operations
-- home:      review, beside
-- rows:      (select leads.*, unnest(
--            case when is_mature then [strftime(week_on, '%G-W%V'), 'all mature weeks'] else [strftime(week_on, '%G-W%V')] end
--            ) as measure
--            from (
--            select *, date_trunc('week', started_on)::date as week_on from journey_units('meeting', $scope, $horizon)
--            where is_followed and entry_age < 0
--            ) as leads
--            inner join weeks using (slice, channel, week_on))
-- headline:  both
-- unit:      ratio
-- of:        leads
-- first:     all mature weeks
-- direction: higher_is_better
-- reads:     Week by week of creation: the share of leads that met within 30 days, beside the range of chance around the others.
-- needs:     leads.created_at, meetings.held_at
-- links:     meetings.lead
-- windows:   meetings
-- horizon:   inbound 30, outbound 30
-- also:      horizon_days, judge_on, measure, week_on, center, lower_limit, upper_limit, is_outside
-- apart:     A change in the mix of the channels would look like a trend of the segment.
-- across:    Read each channel against its own weeks: at 30 days outbound shows timing, not quality.
-- caveat:    A week is judged when its Sunday is old enough; younger weeks are too early and carry no share.
-- caveat:    One week in 400 or so falls outside by chance, and more where leads of a week resemble one another.
-- caveat:    Mark the changes of script and criteria (definition_change_log) before a step is read as a change of quality.
-- caveat:    Shares are as counted in each slice; a change of mix between weeks is not taken out.
-- answers:   S0.19, S0.31, S0.36
with

weeks as (

    select *
    from scope_weeks('meeting', $scope, $horizon)

)

select
    slice,
    channel,
    case when is_mature then reached_count end as numerator,
    lead_count as denominator,
    share as estimate,
    case when share is not null then wilson_low(reached_count, lead_count, z_of(95)) end as low,
    case when share is not null then wilson_high(reached_count, lead_count, z_of(95)) end as high,
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
from weeks

union all

-- The line the weeks are read against: all mature weeks together.
select
    slice,
    channel,
    sum(reached_count)::bigint as numerator,
    sum(lead_count)::bigint as denominator,
    case when sum(lead_count) >= 10 then safe_ratio(sum(reached_count), sum(lead_count)) end as estimate,
    case when sum(lead_count) >= 10 then wilson_low(sum(reached_count), sum(lead_count), z_of(95)) end as low,
    case when sum(lead_count) >= 10 then wilson_high(sum(reached_count), sum(lead_count), z_of(95)) end as high,
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
from weeks
where is_mature
group by slice, channel
