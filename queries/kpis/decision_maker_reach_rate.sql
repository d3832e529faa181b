-- title:     Decision-maker reach
-- stage:     reach
-- headline:  outbound
-- unit:      ratio
-- direction: higher_is_better
-- reads:     Of 100 leads that were called, with how many we spoke to somebody who can buy by the age at which their channel is judged.
-- needs:     leads.created_at, calls.started_at, calls.reached_role, calls.outcome_code
-- horizon:   inbound 30, outbound 90
-- also:      horizon_days, judge_on, role_unknown_count, account_count
-- across:    Inbound callers choose themselves: part of the gap is who calls, which is what this measures. Compare within a segment.
-- caveat:    The role is what the rep noted: have part of the calls scored by a second person.
-- caveat:    A conversation without a noted role counts as no decision maker; leads with no other conversation are counted beside the
--   rate.
-- caveat:    Leads of one account share their people: the limits are widened by how alike the leads of an account are (linearised
--   variance by account).
-- counter:   response_within_sla
-- answers:   S0.5, S0.17, S1.24, S1.37
with

-- Closed before a decision maker was reached competes; a lead that is still open counts as not yet, never as no.
at_horizon as (

    select *
    from incidence_at('decision_maker', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

mature as (

    select
        slice,
        channel,
        lead_id,
        coalesce(account_id, 'lead ' || lead_id) as cluster_id,
        created_on + horizon_of($horizon, channel)::integer as horizon_on,
        coalesce(
            decision_maker_on <= created_on + horizon_of($horizon, channel)::integer
            and decision_maker_on <= coalesce(least(won_on, lost_on), decision_maker_on),
            false
        ) as is_reached
    from scope_leads($scope)
    where potential_days >= horizon_of($horizon, channel) and first_call_on is not null

),

without_role as (

    select
        mature.lead_id,
        bool_and(calls.reached_role is null) as is_role_unknown
    from mature
    inner join snapshot.fact_calls as calls using (lead_id)
    where calls.is_conversation and calls.started_on <= mature.horizon_on
    group by mature.lead_id

),

by_account as (

    select
        mature.slice,
        mature.channel,
        mature.cluster_id,
        count(*) as lead_count,
        count(*) filter (where mature.is_reached) as reached_count,
        count(*) filter (where without_role.is_role_unknown) as role_unknown_count
    from mature
    left join without_role using (lead_id)
    group by mature.slice, mature.channel, mature.cluster_id

),

-- Leads of an account are not independent: the variance sums the deviations of each account, x - pn, before it squares them.
-- Written out as sums of whole numbers, which have no order.
accounts as (

    select
        slice,
        channel,
        count(*) as account_count,
        sum(role_unknown_count)::bigint as role_unknown_count,
        sum(lead_count)::bigint as lead_count,
        safe_ratio(sum(reached_count), sum(lead_count)) as share,
        sum(reached_count * reached_count)::bigint as reached_squares,
        sum(reached_count * lead_count)::bigint as products,
        sum(lead_count * lead_count)::bigint as lead_squares
    from by_account
    group by slice, channel

),

-- How many times the variance is larger than that of as many unrelated leads; the curve's standard error is widened by it.
design as (

    select
        *,
        lead_count / clustered_n(
            share,
            safe_ratio(
                (reached_squares - 2 * share * products + share ** 2 * lead_squares) * account_count,
                (account_count - 1) * lead_count ** 2
            ),
            lead_count,
            account_count
        ) as inflation
    from accounts

)

select
    slice,
    channel,
    at_horizon.events as numerator,
    at_horizon.unit_count as denominator,
    at_horizon.share as estimate,
    incidence_low(
        at_horizon.share,
        at_horizon.share_se * sqrt(design.inflation),
        at_horizon.events,
        at_horizon.n_old_enough / design.inflation,
        z_of(95)
    ) as low,
    incidence_high(
        at_horizon.share,
        at_horizon.share_se * sqrt(design.inflation),
        at_horizon.events,
        at_horizon.n_old_enough / design.inflation,
        z_of(95)
    ) as high,
    at_horizon.n_old_enough,
    at_horizon.status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    coalesce(design.role_unknown_count, 0) as role_unknown_count,
    coalesce(design.account_count, 0) as account_count
from at_horizon
left join design using (slice, channel)
