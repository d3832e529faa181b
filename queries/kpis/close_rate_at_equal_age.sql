-- title:     Close rate at equal age (curve)
-- stage:     close
-- home:      compare, headline
-- rows:      journey_units('won', $scope, $horizon)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: none
-- reads:     Of 100 leads, how many are won by the time they are this old.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.outcome, opportunities.closed_at
-- horizon:   inbound 180, outbound 540
-- also:      age_days, lost_share, open_share, open_low, open_high, low_99, high_99, judge_on, sign_kept_from, account_count
-- across:    Compared at equal age only, and only at ages that both channels have reached with 30 leads or more.
-- caveat:    Leads are not assigned to channels by lot: this describes, it does not say what moving budget would do.
-- caveat:    Leads of one account go together: limits rest on the variance between accounts where an account holds several leads, and
--   an account met by both channels counts once in the gap.
-- caveat:    Pooling cohorts assumes that conversion by age did not drift between them.
-- answers:   S1.47, S1.49, S1.59
with

-- Aalen-Johansen, because a lost lead can no longer be won and an open one has not had its time:
-- won / all counts young leads as failures, and 1 - Kaplan-Meier pretends that nobody is ever lost.
by_age as (

    select *
    from incidence_at(
        'won',
        $scope,
        (
            select
                range(
                    0,
                    1 + greatest(
                        max(date_diff('day', started_on, $scope['as_of']::date)), $horizon['inbound'], $horizon['outbound']
                    )
                )
            from scope_cohort('won', $scope)
        )
    )

),

-- A curve needs a point where a lead was won or the reader may judge; the days between repeat the one before.
turning_points as (

    select
        *,
        events > coalesce(lag(events) over (partition by slice, channel order by age_days), 0) as is_step
    from by_age

),

curve_points as (

    select *
    from turning_points
    where
        is_step
        or age_days = 0
        or list_contains([7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540], age_days)
        or age_days in ($horizon['inbound'], $horizon['outbound'])

),

-- An account met by both channels moves both shares: their correlation narrows or widens the gap's interval.
shared_accounts as (

    select
        slice,
        age_days,
        correlation,
        cluster_count
    from clustered_difference(
        'won',
        $scope,
        list_concat([7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540], [$horizon['inbound'], $horizon['outbound']])
    )

),

-- MOVER, because it joins the limits of each channel, the Wilson ones for few events too.
gaps as (

    select
        slice,
        age_days,
        outbound.share - inbound.share as gap,
        mover_low(outbound.share, outbound.low, inbound.share, inbound.high, coalesce(correlation, 0)) as low,
        mover_high(outbound.share, outbound.high, inbound.share, inbound.low, coalesce(correlation, 0)) as high,
        mover_low(outbound.share, outbound.low_99, inbound.share, inbound.high_99, coalesce(correlation, 0)) as low_99,
        mover_high(outbound.share, outbound.high_99, inbound.share, inbound.low_99, coalesce(correlation, 0)) as high_99,
        least(inbound.n_old_enough, outbound.n_old_enough) as n_old_enough,
        case
            when inbound.status = 'ok' and outbound.status = 'ok' then 'ok'
            when list_contains(['ok', 'provisional'], inbound.status) and list_contains(['ok', 'provisional'], outbound.status)
                then 'provisional'
            when 'too_few' in (inbound.status, outbound.status) then 'too_few'
            else 'too_early'
        end as status,
        greatest(inbound.judge_on, outbound.judge_on) as judge_on,
        shared_accounts.cluster_count as account_count
    from by_age as inbound
    inner join by_age as outbound using (slice, age_days)
    left join shared_accounts using (slice, age_days)
    where inbound.channel = 'inbound' and outbound.channel = 'outbound'

),

-- Curves that cross get no overall verdict: the first age after which the gap keeps its sign is said instead.
crossings as (

    select
        gaps.slice,
        1 + max(gaps.age_days) as sign_kept_from
    from gaps
    inner join (select slice, max_by(sign(gap), age_days) as last_sign from gaps where gap is not null group by slice) as ends
        using (slice)
    where ends.last_sign <> 0 and sign(gaps.gap) = -ends.last_sign
    group by gaps.slice

)

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
    age_days,
    ended_share as lost_share,
    open_share,
    loglog_low(open_share, open_se, z_of(95)) as open_low,
    loglog_high(open_share, open_se, z_of(95)) as open_high,
    low_99,
    high_99,
    judge_on,
    null::bigint as sign_kept_from,
    account_count
from curve_points

union all

select
    gaps.slice,
    'difference' as channel,
    null as numerator,
    null as denominator,
    gaps.gap as estimate,
    gaps.low,
    gaps.high,
    gaps.n_old_enough,
    gaps.status,
    gaps.age_days,
    null as lost_share,
    null as open_share,
    null as open_low,
    null as open_high,
    gaps.low_99,
    gaps.high_99,
    gaps.judge_on,
    crossings.sign_kept_from,
    gaps.account_count
from gaps
left join crossings using (slice)
where
    list_contains([7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540], gaps.age_days)
    or gaps.age_days in ($horizon['inbound'], $horizon['outbound'])
