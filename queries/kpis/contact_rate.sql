-- title:     Contact rate per lead
-- stage:     reach
-- home:      operations, diagnostic
-- rows:      (select *, is_contacted as is_counted from judged)
-- headline:  none
-- unit:      ratio
-- of:        workable leads
-- direction: higher_is_better
-- reads:     Of 100 workable leads, how many had a live conversation by the age at which their channel is judged.
-- needs:     leads.created_at, leads.disqualified_at, leads.dq_reason, calls.started_at, calls.outcome_code, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- horizon:   inbound 14, outbound 45
-- also:      horizon_days, workable_share, rate_if_no_unknown_is_workable, rate_if_every_unknown_is_workable, share_of_all_leads,
--   dials_per_lead
-- across:    Compare only at equal age and equal number of dials: outbound is tried more often and judged later.
-- caveat:    A lead never reached stays in the denominator. Whether it is workable is not known: it counts with the workable share
--   of the leads of which it is known, and the two bounds say what the rate would be with none and with all of them.
-- caveat:    Not workable means: a wrong contact, or closed with a reason such as duplicate, invalid, spam, test or wrong number,
--   and no conversation. A gatekeeper proves a workable lead but is no contact.
-- caveat:    The limits take the workable share as given. The share of all leads keeps every lead and counts open ones as open.
-- answers:   S0.4, S0.18, S0.19
with

mature as (

    select
        slice,
        channel,
        lead_id,
        lead,
        disqualified_on,
        disqualified_reason,
        created_on + horizon_of($horizon, channel)::integer as horizon_on
    from scope_leads($scope)
    where potential_days >= horizon_of($horizon, channel)

),

-- What is known of each lead at the horizon, not later: equal age for all.
worked as (

    select
        mature.lead,
        coalesce(bool_or(calls.is_conversation), false) as is_contacted,
        coalesce(bool_or(calls.disposition = 'gatekeeper_block'), false) as is_blocked,
        coalesce(bool_or(calls.disposition = 'wrong_contact'), false) as is_wrong,
        count(*) filter (where calls.direction is distinct from 'inbound') as dial_count
    from mature
    inner join snapshot.fact_calls as calls using (lead)
    where calls.started_on <= mature.horizon_on
    group by mature.lead

),

judged as (

    select
        mature.slice,
        mature.channel,
        mature.lead_id,
        coalesce(worked.is_contacted, false) as is_contacted,
        coalesce(worked.dial_count, 0) as dial_count,
        case
            when worked.is_contacted then 'workable'
            when
                worked.is_wrong
                or (
                    mature.disqualified_on <= mature.horizon_on
                    and fold(mature.disqualified_reason) in (
                        'wrongcontact', 'wrongnumber', 'wrongperson', 'incorrectcontactdata', 'invalid', 'invaliddata', 'duplicate',
                        'spam', 'test', 'testrecord', 'bounced', 'nolongeratcompany', 'outofbusiness', 'companyclosed'
                    )
                )
                then 'not workable'
            when worked.is_blocked then 'workable'
            else 'unknown'
        end as eligibility
    from mature
    left join worked using (lead)

),

tallies as (

    select
        slice,
        channel,
        count(*) as lead_count,
        count(*) filter (where is_contacted) as contacted_count,
        count(*) filter (where eligibility = 'workable') as workable_count,
        count(*) filter (where eligibility = 'unknown') as unknown_count,
        sum(dial_count)::bigint as dial_count,
        safe_ratio(
            count(*) filter (where eligibility = 'workable'), count(*) filter (where eligibility <> 'unknown')
        ) as workable_share
    from judged
    group by slice, channel

),

-- AAPOR contact rate: unknown leads count with e, the workable share among the known; with nothing known all count.
estimated as (

    select
        *,
        workable_count + coalesce(workable_share, 1) * unknown_count as workable_leads
    from tallies

),

-- Every lead from its first day, open ones censored: the curve the rate is read beside.
at_horizon as (

    select *
    from incidence_at('conversation', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

gated as (

    select
        at_horizon.*,
        estimated.* exclude (slice, channel),
        case
            when at_horizon.status in ('ok', 'provisional') and estimated.workable_leads < 30 then 'too_few'
            else at_horizon.status
        end as gate
    from at_horizon
    left join estimated using (slice, channel)

)

select
    slice,
    channel,
    coalesce(contacted_count, 0) as numerator,
    coalesce(workable_leads, 0) as denominator,
    case when gate in ('ok', 'provisional') then safe_ratio(contacted_count, workable_leads) end as estimate,
    case when gate in ('ok', 'provisional') then wilson_low(contacted_count, workable_leads, z_of(95)) end as low,
    case when gate in ('ok', 'provisional') then wilson_high(contacted_count, workable_leads, z_of(95)) end as high,
    n_old_enough,
    gate as status,
    age_days as horizon_days,
    case when gate in ('ok', 'provisional') then workable_share end as workable_share,
    case when gate in ('ok', 'provisional') then safe_ratio(contacted_count, workable_count) end as rate_if_no_unknown_is_workable,
    case when gate in ('ok', 'provisional') then safe_ratio(contacted_count, workable_count + unknown_count) end
        as rate_if_every_unknown_is_workable,
    case when gate in ('ok', 'provisional') then share end as share_of_all_leads,
    case when gate in ('ok', 'provisional') then safe_ratio(dial_count, lead_count) end as dials_per_lead
from gated
