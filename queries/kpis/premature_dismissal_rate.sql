-- title:     Good leads dismissed
-- stage:     qualification
-- home:      outbound, detail
-- rows:      (select dismissals.* exclude (disqualified_reason), horizon_of($horizon, channel) as horizon_days,
--            unnest(['all reasons', reasons.reason]) as measure, is_returned and exit_age <= horizon_days as is_counted
--            from dismissals inner join reasons using (slice, channel, disqualified_reason))
-- headline:  outbound
-- unit:      ratio
-- of:        dismissed leads
-- first:     all reasons
-- direction: lower_is_better
-- reads:     Of 100 leads that were dismissed, how many see a new opportunity in the same account by the age shown.
-- needs:     leads.disqualified_at, leads.account_id, opportunities.created_at, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities
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
        journeys.account,
        date_diff('day', journeys.started_at::date, $scope['as_of']::date) as potential_days,
        date_diff('day', journeys.started_at::date, coalesce(journeys.reached_at::date, $scope['as_of']::date)) as exit_age,
        journeys.reached_at is not null as is_returned,
        coalesce(journeys.disqualified_reason, '') as disqualified_reason
    from journey_return_dismissed($scope['as_of']::date) as journeys
    where
        journeys.started_at::date < $scope['as_of']::date
        and in_days($scope, journeys.started_at::date)
        and in_scope($scope, journeys.channel, journeys.source, journeys.segment, journeys.region)

),

-- Leads alike in what is asked are counted once. A lead alone in its account is lone.
cells as (

    select
        slice,
        channel,
        disqualified_reason,
        exit_age,
        is_returned,
        count(*) as lead_count,
        count(*) filter (where account is null) as lone_count,
        count(*) filter (where potential_days >= greatest(horizon_of($horizon, channel), 1)) as old_count
    from dismissals
    group by slice, channel, disqualified_reason, exit_age, is_returned

),

said as (

    select
        slice,
        channel,
        disqualified_reason,
        coalesce(fold(disqualified_reason), 'noreasongiven') as reason_key,
        lower(regexp_replace(trim(disqualified_reason), '[\s_\-]+', ' ', 'g')) as reason_text,
        sum(lead_count) as lead_count
    from cells
    group by slice, channel, disqualified_reason

),

reasons as (

    select
        slice,
        channel,
        disqualified_reason,
        case
            when reason_key = 'noreasongiven' then 'no reason given'
            when sum(lead_count) over alike < 5 then 'other reasons'
            else min(reason_text) over alike
        end as reason
    from said
    window alike as (partition by slice, channel, reason_key)

),

lines as (

    select
        cells.*,
        unnest(['all reasons', reasons.reason]) as measure
    from cells
    inner join reasons using (slice, channel, disqualified_reason)

),

by_age as (

    select
        slice,
        channel,
        measure,
        exit_age as age_days,
        coalesce(sum(lead_count) filter (where is_returned), 0)::double as reached,
        sum(lead_count)::double as gone
    from lines
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

totals as (

    select
        slice,
        channel,
        measure,
        horizon_of($horizon, channel) as horizon_days,
        sum(lead_count)::bigint as lead_count,
        sum(old_count)::bigint as old_count
    from lines
    group by slice, channel, measure

),

-- What each lead adds to the share (statistics.md, 5.9): accounts are summed before squaring. Leads alike add the same. Scaled by the
-- leads of the line, and summed as whole numbers, which have no order.
influences as (

    select
        lines.slice,
        lines.channel,
        lines.measure,
        lines.disqualified_reason,
        lines.exit_age,
        lines.is_returned,
        lines.lone_count,
        totals.lead_count * (
            case when lines.is_returned and lines.exit_age = running.age_days then running.open_before / running.risk_count else 0 end
            - running.jumps_so_far
            - case
                when lines.is_returned and lines.exit_age = running.age_days and running.risk_count > running.reached
                    then (at_horizon.share - running.share) / (running.risk_count - running.reached)
                else 0
            end
            + at_horizon.share * running.hazard_so_far
            - running.hazard_share_so_far
        ) as influence
    from lines
    asof left join running
        on
            lines.slice = running.slice
            and lines.channel = running.channel
            and lines.measure = running.measure
            and lines.exit_age >= running.age_days
    left join at_horizon
        on lines.slice = at_horizon.slice and lines.channel = at_horizon.channel and lines.measure = at_horizon.measure
    inner join totals on lines.slice = totals.slice and lines.channel = totals.channel and lines.measure = totals.measure

),

shared as (

    select
        slice,
        channel,
        dismissals.account,
        reasons.reason,
        sum(fixed(whole.influence)) as all_influence,
        sum(fixed(own.influence)) as own_influence
    from dismissals
    inner join reasons using (slice, channel, disqualified_reason)
    inner join (select * from influences where measure = 'all reasons') as whole
        using (slice, channel, disqualified_reason, exit_age, is_returned)
    inner join (select * from influences where measure <> 'all reasons') as own
        using (slice, channel, disqualified_reason, exit_age, is_returned)
    where dismissals.account is not null
    group by slice, channel, dismissals.account, reasons.reason

),

squares as (

    select
        slice,
        channel,
        measure,
        sum(lone_count)::bigint as account_count,
        sum(lone_count * fixed(influence ** 2)) as square
    from influences
    group by slice, channel, measure
    union all
    select
        slice,
        channel,
        'all reasons' as measure,
        count(*) as account_count,
        sum(fixed(unfixed(influence) ** 2)) as square
    from (select slice, channel, account, sum(all_influence) as influence from shared group by slice, channel, account) as accounts
    group by slice, channel
    union all
    select
        slice,
        channel,
        reason as measure,
        count(*) as account_count,
        sum(fixed(unfixed(own_influence) ** 2)) as square
    from shared
    group by slice, channel, reason

),

spread as (

    select
        slice,
        channel,
        measure,
        sum(squares.account_count)::bigint as account_count,
        case
            when sum(squares.account_count) > 1
                then
                    sqrt(unfixed(sum(squares.square)) * sum(squares.account_count) / (sum(squares.account_count) - 1))
                    / totals.lead_count
        end as share_se
    from squares
    inner join totals using (slice, channel, measure)
    group by slice, channel, measure, totals.lead_count

),

shown as (

    select
        totals.*,
        spread.account_count,
        coalesce(at_horizon.reached_so_far, 0)::bigint as returned_count,
        case when totals.old_count >= 30 then coalesce(at_horizon.share, 0) end as share,
        coalesce(spread.share_se, 0) as share_se
    from totals
    left join at_horizon using (slice, channel, measure)
    inner join spread using (slice, channel, measure)

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
