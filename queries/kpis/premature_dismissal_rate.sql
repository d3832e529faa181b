-- title:     Good leads dismissed
-- stage:     qualification
-- home:      outbound, detail
-- rows:      (select * exclude (reason_key, reason_text), is_returned and exit_age <= horizon_days as is_counted from units)
-- headline:  outbound
-- unit:      ratio
-- of:        dismissed leads
-- first:     all reasons
-- direction: lower_is_better
-- reads:     Of 100 leads that were dismissed, how many see a new opportunity in the same account by the age shown.
-- needs:     leads.disqualified_at, leads.account_id, opportunities.lead_id, opportunities.created_at
-- horizon:   inbound 365, outbound 365
-- also:      horizon_days, measure, account_count
-- across:    Outbound leads have more time to return: read both at the same age after the dismissal.
-- caveat:    Age counts from the dismissal; from and to are days of the dismissal. An opportunity of that day or before it is
--   no return.
-- caveat:    A new opportunity of the account may be about another need or another person: the dismissal was then not wrong.
-- caveat:    One line for each reason of at least 5 dismissed leads of a channel; the rest are other reasons.
-- caveat:    Leads of one account return together: the limits use the variance between accounts (influence functions).
-- answers:   S1.2, S1.49
with

-- Nothing competes with a return: a dismissed lead without one is censored at as_of.
dismissals as (

    select
        slice_of($scope, journeys.source, journeys.segment, journeys.region) as slice,
        journeys.channel,
        journeys.lead_id,
        coalesce('account ' || journeys.account_id, 'lead ' || journeys.lead_id) as cluster_id,
        date_diff('day', journeys.started_at::date, $scope['as_of']::date) as potential_days,
        date_diff('day', journeys.started_at::date, coalesce(journeys.reached_at::date, $scope['as_of']::date)) as exit_age,
        journeys.reached_at is not null as is_returned,
        coalesce(fold(leads.disqualified_reason), 'noreasongiven') as reason_key,
        coalesce(lower(regexp_replace(trim(leads.disqualified_reason), '[\s_\-]+', ' ', 'g')), '') as reason_text
    from journey_return_dismissed($scope['as_of']::date) as journeys
    inner join snapshot.fact_leads as leads using (lead_id)
    where
        journeys.started_at::date < $scope['as_of']::date
        and journeys.started_at::date >= coalesce($scope['from_on']::date, journeys.started_at::date)
        and journeys.started_at::date <= coalesce($scope['to_on']::date, journeys.started_at::date)
        and in_scope($scope, journeys.channel, journeys.source, journeys.segment, journeys.region)

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
        end as reason
    from dismissals
    group by slice, channel, reason_key

),

units as (

    select
        dismissals.*,
        horizon_of($horizon, channel) as horizon_days,
        unnest(['all reasons', reasons.reason]) as measure
    from dismissals
    inner join reasons using (slice, channel, reason_key)

),

by_age as (

    select
        slice,
        channel,
        measure,
        exit_age as age_days,
        count(*) filter (where is_returned)::double as reached,
        count(*)::double as gone
    from units
    group by slice, channel, measure, exit_age

),

at_risk as (

    select
        *,
        sum(gone) over (
            partition by slice, channel, measure
            order by age_days desc
        ) as risk_count
    from by_age

),

survival as (

    select
        *,
        coalesce(product(1 - reached / risk_count) over before, 1.0) as open_before
    from at_risk
    where age_days <= horizon_of($horizon, channel)
    window before as (
        partition by slice, channel, measure
        order by age_days rows between unbounded preceding and 1 preceding
    )

),

incidence as (

    select
        *,
        sum(open_before * reached / risk_count) over to_here as share,
        sum(reached) over to_here as reached_so_far,
        case when reached > 0 and risk_count > reached then reached / (risk_count * (risk_count - reached)) else 0 end
            as hazard_variance,
        open_before * reached / risk_count ** 2 as jump_covariance
    from survival
    window to_here as (partition by slice, channel, measure order by age_days)

),

running as (

    select
        *,
        sum(hazard_variance) over to_here as hazard_so_far,
        sum(hazard_variance * share) over to_here as hazard_share_so_far,
        sum(jump_covariance) over to_here as jumps_so_far
    from incidence
    window to_here as (partition by slice, channel, measure order by age_days)

),

at_horizon as (

    select
        slice,
        channel,
        measure,
        max(share) as share,
        max(reached_so_far) as reached_so_far
    from running
    group by slice, channel, measure

),

-- What each lead adds to the share (statistics.md, 5.9): accounts are summed before squaring.
influences as (

    select
        units.slice,
        units.channel,
        units.measure,
        units.lead_id,
        units.cluster_id,
        case when units.is_returned and units.exit_age = running.age_days then running.open_before / running.risk_count else 0 end
        - running.jumps_so_far
        - case
            when units.is_returned and units.exit_age = running.age_days and running.risk_count > running.reached
                then (at_horizon.share - running.share) / (running.risk_count - running.reached)
            else 0
        end
        + at_horizon.share * running.hazard_so_far
        - running.hazard_share_so_far as influence
    from units
    asof inner join running
        on
            units.slice = running.slice
            and units.channel = running.channel
            and units.measure = running.measure
            and units.exit_age >= running.age_days
    inner join at_horizon
        on units.slice = at_horizon.slice and units.channel = at_horizon.channel and units.measure = at_horizon.measure

),

by_account as (

    select
        slice,
        channel,
        measure,
        cluster_id,
        sum(influence order by lead_id) as influence
    from influences
    group by slice, channel, measure, cluster_id

),

spread as (

    select
        slice,
        channel,
        measure,
        case
            when count(*) > 1 then sqrt(sum(influence ** 2 order by cluster_id) * count(*) / (count(*) - 1))
        end as share_se
    from by_account
    group by slice, channel, measure

),

totals as (

    select
        slice,
        channel,
        measure,
        horizon_days,
        count(*) as lead_count,
        count(distinct cluster_id) as account_count,
        count(*) filter (where potential_days >= greatest(horizon_days, 1)) as old_count
    from units
    group by slice, channel, measure, horizon_days

),

shown as (

    select
        totals.*,
        coalesce(at_horizon.reached_so_far, 0)::bigint as returned_count,
        case when totals.old_count >= 30 then coalesce(at_horizon.share, 0) end as share,
        coalesce(spread.share_se, 0) as share_se
    from totals
    left join at_horizon using (slice, channel, measure)
    left join spread using (slice, channel, measure)

)

select
    slice,
    channel,
    returned_count as numerator,
    lead_count as denominator,
    share as estimate,
    incidence_low(share, share_se, returned_count, old_count, z_of(95)) as low,
    incidence_high(share, share_se, returned_count, old_count, z_of(95)) as high,
    old_count as n_old_enough,
    maturity_status(old_count, lead_count) as status,
    horizon_days,
    measure,
    account_count
from shown
