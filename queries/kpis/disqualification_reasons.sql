-- title:     Disqualification reasons
-- stage:     qualification
-- home:      sources, beside
-- rows:      (select endings.* exclude (reason_key, reason_text), lines.measure, drops.lead_id is not null as is_counted
--            from endings
--            inner join lines using (slice, channel)
--            left join drops on endings.lead_id = drops.lead_id and lines.measure = drops.measure
--            and drops.age_days <= horizon_of($horizon, endings.channel))
-- headline:  both
-- unit:      ratio
-- of:        leads
-- first:     all reasons
-- direction: none
-- reads:     Of 100 leads, how many drop out for each reason by the age shown.
-- needs:     leads.created_at, leads.disqualified_at, leads.dq_reason
-- links:     none
-- windows:   none
-- horizon:   inbound 180, outbound 180
-- also:      horizon_days, measure, disqualified_count, unclear_count, is_reason_list_too_coarse
-- across:    At equal age. A channel that wins more must show less of every other ending: read the reasons beside the wins.
-- caveat:    Every lead counts, also the open ones: a list of the leads already closed shows mostly the quick reasons.
-- caveat:    The other reasons, winning and losing compete. A lead with an opportunity ends with it: it is lost, not
--   disqualified, unless it was disqualified on the day it was lost.
-- caveat:    Spelling (case, space, dash, underscore) is folded; free text stays what it is. Reasons of fewer than 5 leads of a
--   channel are one line, other reasons.
-- caveat:    The reason list is too coarse when more than 10 of 100 disqualified leads carry other, unknown or none.
-- caveat:    Leads of one account are counted as independent. The channels are shown beside each other without a joint test.
-- answers:   S0.19, S0.6
with

-- The end that stands (leads_as_of): won, lost with its opportunity, or disqualified.
endings as (

    select
        slice,
        channel,
        lead_id,
        entry_age,
        potential_days,
        greatest(0, date_diff('day', created_on, coalesce(won_on, lost_on, $scope['as_of']::date))) as exit_age,
        coalesce(won_on, lost_on) is not null as is_over,
        coalesce(won_on is null and lost_on is not null and (opportunity_on is null or disqualified_on = lost_on), false)
            as is_disqualified,
        coalesce(fold(disqualified_reason), 'noreasongiven') as reason_key,
        coalesce(lower(regexp_replace(trim(disqualified_reason), '[\s_\-]+', ' ', 'g')), '') as reason_text
    from scope_leads($scope)

),

reasons as (

    select
        slice,
        channel,
        reason_key,
        case
            when reason_key = 'noreasongiven' then 'no reason given'
            when count(*) < 5 then 'other reasons'
            else min(reason_text)
        end as measure,
        count(*) as lead_count
    from endings
    where is_disqualified
    group by slice, channel, reason_key

),

totals as (

    select
        slice,
        channel,
        horizon_of($horizon, channel) as horizon_days,
        count(*) as lead_count,
        count(*) filter (where potential_days >= greatest(horizon_of($horizon, channel), 1)) as old_count,
        count(*) filter (where is_disqualified) as disqualified_count,
        count(*) filter (
            where is_disqualified and reason_key in ('noreasongiven', 'other', 'others', 'otherreason', 'unknown', 'misc', 'n/a')
        ) as unclear_count
    from endings
    group by slice, channel

),

lines as (

    select distinct
        slice,
        channel,
        measure
    from reasons
    union all
    select
        slice,
        channel,
        'all reasons' as measure
    from totals

),

changes as (

    select
        slice,
        channel,
        exit_age as age_days,
        count(*) filter (where is_over) as resolved,
        count(*) as gone,
        0 as entered
    from endings
    where exit_age > entry_age
    group by slice, channel, exit_age
    union all
    select
        slice,
        channel,
        entry_age + 1 as age_days,
        0 as resolved,
        0 as gone,
        count(*) as entered
    from endings
    where exit_age > entry_age
    group by slice, channel, entry_age

),

by_age as (

    select
        slice,
        channel,
        age_days,
        sum(resolved)::double as resolved,
        sum(gone)::double as gone,
        sum(entered)::double as entered
    from changes
    where age_days <= horizon_of($horizon, channel)
    group by slice, channel, age_days

),

at_risk as (

    select
        *,
        sum(entered) over to_here - coalesce(sum(gone) over before, 0) as risk_count
    from by_age
    window
        to_here as (partition by slice, channel order by age_days),
        before as (partition by slice, channel order by age_days rows between unbounded preceding and 1 preceding)

),

-- Whatever ends a lead takes it out of the risk of every reason.
survival as (

    select
        *,
        coalesce(product(1 - resolved / risk_count) over before, 1.0) as open_before
    from at_risk
    where risk_count > 0
    window before as (partition by slice, channel order by age_days rows between unbounded preceding and 1 preceding)

),

drops as (

    select
        endings.slice,
        endings.channel,
        endings.lead_id,
        endings.exit_age as age_days,
        unnest(['all reasons', reasons.measure]) as measure
    from endings
    inner join reasons using (slice, channel, reason_key)
    where endings.is_disqualified and endings.exit_age > endings.entry_age

),

dropped as (

    select
        slice,
        channel,
        measure,
        age_days,
        count(*)::double as reached
    from drops
    group by slice, channel, measure, age_days

),

jumps as (

    select
        survival.*,
        lines.measure,
        coalesce(dropped.reached, 0) as reached
    from survival
    inner join lines using (slice, channel)
    left join dropped using (slice, channel, measure, age_days)

),

-- Aalen-Johansen, F = sum of S(t-) d/n, with the Greenwood-type variance of incidence_curve.sql, for each reason.
incidence as (

    select
        *,
        sum(open_before * reached / risk_count) over to_here as share,
        sum(reached) over to_here as reached_so_far,
        case when resolved > 0 and risk_count > resolved then resolved / (risk_count * (risk_count - resolved)) else 0 end
            as hazard_variance,
        open_before ** 2 * reached * (risk_count - reached) / risk_count ** 3 as jump_variance,
        open_before * reached / risk_count ** 2 as jump_covariance
    from jumps
    window to_here as (partition by slice, channel, measure order by age_days)

),

at_horizon as (

    select
        slice,
        channel,
        measure,
        share,
        reached_so_far,
        sqrt(greatest(
            0,
            share ** 2 * sum(hazard_variance) over to_here
            - 2 * share * sum(hazard_variance * share) over to_here
            + sum(hazard_variance * share ** 2) over to_here
            + sum(jump_variance) over to_here
            - 2 * (share * sum(jump_covariance) over to_here - sum(jump_covariance * share) over to_here)
        )) as share_se
    from incidence
    window to_here as (partition by slice, channel, measure order by age_days)
    qualify row_number() over (partition by slice, channel, measure order by age_days desc) = 1

),

shown as (

    select
        lines.measure,
        totals.*,
        coalesce(at_horizon.reached_so_far, 0)::bigint as reached_count,
        case when totals.old_count >= 30 then coalesce(at_horizon.share, 0) end as share,
        coalesce(at_horizon.share_se, 0) as share_se
    from lines
    inner join totals using (slice, channel)
    left join at_horizon using (slice, channel, measure)

)

select
    slice,
    channel,
    reached_count as numerator,
    lead_count as denominator,
    share as estimate,
    incidence_low(share, share_se, reached_count, old_count, z_of(95)) as low,
    incidence_high(share, share_se, reached_count, old_count, z_of(95)) as high,
    old_count as n_old_enough,
    maturity_status(old_count, lead_count) as status,
    horizon_days,
    measure,
    disqualified_count,
    unclear_count,
    case when disqualified_count >= 10 then unclear_count > .1 * disqualified_count end as is_reason_list_too_coarse
from shown
