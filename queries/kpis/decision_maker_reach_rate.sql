-- title:     Decision-maker reach
-- stage:     reach
-- home:      outbound, beside
-- rows:      journey_units('decision_maker', $scope, $horizon)
-- headline:  outbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads that were called, with how many we spoke to somebody who can buy by the age at which their channel is judged.
-- needs:     leads.created_at, calls.started_at, calls.reached_role, calls.outcome_code, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- horizon:   inbound 30, outbound 90
-- also:      horizon_days, judge_on, role_unknown_count, account_count
-- across:    Inbound callers choose themselves: part of the gap is who calls, which is what this measures. Compare within a segment.
-- caveat:    The role is what the rep noted: have part of the calls scored by a second person.
-- caveat:    A conversation without a noted role counts as no decision maker; leads with no other conversation are counted beside the
--   rate.
-- caveat:    Leads of one account share their people: the limits rest on the variance between accounts. account_count counts those
--   with a lead old enough.
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
        lead,
        account,
        created_on + horizon_of($horizon, channel)::integer as horizon_on
    from scope_leads($scope)
    where potential_days >= horizon_of($horizon, channel) and first_call_on is not null

),

without_role as (

    select
        mature.lead,
        bool_and(calls.reached_role is null) as is_role_unknown
    from mature
    inner join snapshot.fact_calls as calls using (lead)
    where calls.is_conversation and calls.started_on <= mature.horizon_on
    group by mature.lead

),

counted as (

    select
        mature.slice,
        mature.channel,
        count(distinct mature.account) + count(*) filter (where mature.account is null) as account_count,
        count(*) filter (where without_role.is_role_unknown) as role_unknown_count
    from mature
    left join without_role using (lead)
    group by mature.slice, mature.channel

)

select
    slice,
    channel,
    at_horizon.events as numerator,
    at_horizon.unit_count as denominator,
    at_horizon.share as estimate,
    at_horizon.low,
    at_horizon.high,
    at_horizon.n_old_enough,
    at_horizon.status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    coalesce(counted.role_unknown_count, 0) as role_unknown_count,
    coalesce(counted.account_count, 0) as account_count
from at_horizon
left join counted using (slice, channel)
