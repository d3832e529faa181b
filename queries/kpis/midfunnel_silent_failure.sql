-- title:     Mid-funnel silent failure
-- stage:     opportunity
-- home:      inbound, beside
-- rows:      journey_units('silent', $scope, $horizon) where is_followed
-- headline:  inbound
-- unit:      ratio
-- of:        leads
-- direction: lower_is_better
-- reads:     Of 100 leads that got to a meeting or an opportunity early, how many then end without anybody deciding.
-- needs:     leads.created_at, calls.started_at, meetings.held_at, opportunities.lead_id, opportunities.created_at,
--   opportunity_changes.changed_at
-- horizon:   inbound 180, outbound 180
-- also:      horizon_days, judge_on, decided_share, open_share, early_share, late_share, early_rank, late_rank, rank_gap
-- across:    Fair for both channels: both are followed from the day they reach the middle of the funnel.
-- caveat:    Silent: lost with no response, no decision or no reason, or nothing heard for 45 days while open, dated 45 days
--   after the last activity; so a deal that still looks alive today may be silent already.
-- caveat:    Ranks compare the slices of a channel: early by opportunities at 45 days, late by wins at 180; a gap above 0 is a
--   source that looks better early than late. Slices with fewer than 30 leads old enough are not ranked.
-- caveat:    With many sources some stand out by chance: none is flagged here.
-- counter:   early_stage_conversion
-- answers:   S1.22, S1.28
with

at_horizon as (

    select *
    from incidence_at('silent', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- Who got there today has no day behind it yet.
followed as (

    select
        slice,
        channel,
        sum(unit_count)::bigint as lead_count
    from scope_journeys('silent', $scope)
    where exit_age > entry_age
    group by slice, channel

),

early as (

    select *
    from incidence_at('opportunity', $scope, [45])

),

late as (

    select *
    from incidence_at('won', $scope, [180])

),

-- Only slices that may be shown are ranked, each against the others of its channel.
ranks as (

    select
        slice,
        channel,
        early.share as early_share,
        late.share as late_share,
        rank() over (partition by channel order by early.share desc) as early_rank,
        rank() over (partition by channel order by late.share desc) as late_rank
    from early
    inner join late using (slice, channel)
    where early.share is not null and late.share is not null

)

select
    slice,
    channel,
    at_horizon.events as numerator,
    followed.lead_count as denominator,
    at_horizon.share as estimate,
    at_horizon.low,
    at_horizon.high,
    at_horizon.n_old_enough,
    at_horizon.status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    at_horizon.ended_share as decided_share,
    at_horizon.open_share,
    ranks.early_share,
    ranks.late_share,
    ranks.early_rank,
    ranks.late_rank,
    ranks.late_rank - ranks.early_rank as rank_gap
from at_horizon
inner join followed using (slice, channel)
left join ranks using (slice, channel)
