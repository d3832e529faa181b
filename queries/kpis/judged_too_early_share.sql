-- title:     Leads judged too early
-- stage:     close
-- home:      review, beside
-- rows:      (select * replace (not is_old_enough as is_counted) from journey_units('won', $scope, $horizon))
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: lower_is_better
-- reads:     Of 100 leads in this report, how many are too young to judge at their channel's horizon.
-- needs:     leads.created_at
-- links:     none
-- windows:   none
-- horizon:   inbound 180, outbound 540
-- also:      horizon_days, judge_on, median_follow_up_days
-- across:    A young programme is not a bad one: shown beside every comparison.
-- caveat:    Exact, not an estimate: the day of creation and the as-of date decide it, so low and high equal it.
-- answers:   S1.49
with

old_enough as (

    select *
    from scope_potential('won', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- Potential follow-up is known for every lead; the weighted median comes from the daily counts.
follow_up as (

    select
        slice,
        channel,
        date_diff('day', started_on, $scope['as_of']::date) as potential_days,
        sum(unit_count) over (partition by slice, channel order by started_on desc) as younger_count,
        sum(unit_count) over (partition by slice, channel) as unit_count
    from scope_cohort('won', $scope)

),

medians as (

    select
        slice,
        channel,
        min(potential_days) filter (where younger_count >= unit_count / 2) as median_follow_up_days
    from follow_up
    group by slice, channel

)

select
    slice,
    channel,
    old_enough.unit_count - old_enough.n_old_enough as numerator,
    old_enough.unit_count as denominator,
    safe_ratio(old_enough.unit_count - old_enough.n_old_enough, old_enough.unit_count) as estimate,
    safe_ratio(old_enough.unit_count - old_enough.n_old_enough, old_enough.unit_count) as low,
    safe_ratio(old_enough.unit_count - old_enough.n_old_enough, old_enough.unit_count) as high,
    old_enough.n_old_enough,
    'ok' as status,
    old_enough.age_days as horizon_days,
    old_enough.judge_on,
    medians.median_follow_up_days
from old_enough
inner join medians using (slice, channel)
