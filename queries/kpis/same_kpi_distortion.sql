-- title:     Same-KPI distortion check
-- stage:     close
-- home:      compare, headline
-- rows:      (select *, 'won_at_equal_age' as measure from journey_units('won', $scope, $horizon)
--            union all
--            select * replace (ending = 'reached' as is_counted), 'won_per_lead_so_far' as measure
--            from journey_units('won', $scope, $horizon) where is_followed
--            union all
--            select * replace (ending = 'reached' as is_counted), 'won_of_closed_so_far' as measure
--            from journey_units('won', $scope, $horizon) where is_followed and ending <> 'open')
-- headline:  both
-- unit:      ratio
-- of:        leads
-- first:     won_at_equal_age
-- direction: none
-- reads:     What the usual one-size figures say of each channel, beside what is true at equal age.
-- needs:     leads.created_at, opportunities.outcome, opportunities.closed_at, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- horizon:   inbound 540, outbound 540
-- also:      horizon_days, judge_on, measure, is_fair
-- apart:     It shows what one figure makes of two channels.
-- across:    Only the fair line compares channels; the others are shown to be recognised.
-- caveat:    Won so far per lead counts young leads as lost; won of closed counts only fast closers.
-- answers:   S1.47, S1.49, S1.59
with

so_far as (

    select
        slice,
        channel,
        sum(unit_count) filter (where ending = 'reached') as won_count,
        sum(unit_count) filter (where ending = 'ended') as lost_count,
        sum(unit_count) as followed_count
    from scope_journeys('won', $scope)
    where exit_age > entry_age
    group by slice, channel

),

at_horizon as (

    select *
    from incidence_at('won', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

measures as (

    select
        slice,
        channel,
        coalesce(won_count, 0)::bigint as numerator,
        followed_count::bigint as denominator,
        'won_per_lead_so_far' as measure
    from so_far
    union all
    select
        slice,
        channel,
        coalesce(won_count, 0)::bigint as numerator,
        (coalesce(won_count, 0) + coalesce(lost_count, 0))::bigint as denominator,
        'won_of_closed_so_far' as measure
    from so_far

)

select
    slice,
    channel,
    measures.numerator,
    measures.denominator,
    safe_ratio(measures.numerator, measures.denominator) as estimate,
    wilson_low(measures.numerator, measures.denominator, z_of(95)) as low,
    wilson_high(measures.numerator, measures.denominator, z_of(95)) as high,
    at_horizon.n_old_enough,
    at_horizon.status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    measures.measure,
    false as is_fair
from measures
inner join at_horizon using (slice, channel)

union all

select
    slice,
    channel,
    events as numerator,
    unit_count as denominator,
    share as estimate,
    low,
    high,
    n_old_enough,
    status,
    age_days as horizon_days,
    judge_on,
    'won_at_equal_age' as measure,
    true as is_fair
from at_horizon
