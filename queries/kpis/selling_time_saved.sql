-- title:     Selling time protected
-- stage:     operations
-- home:      operations, detail
-- rows:      (select slice, channel, lead_id, account_id, hours, is_unfit, arm, measure from armed where measure is not null
--            union all by name
--            select *, 'kept away by screening' as measure from placed where arm is not null)
-- headline:  both
-- unit:      per_unit
-- of:        leads
-- per:       hours per 100 leads
-- first:     all leads
-- direction: lower_is_better
-- reads:     How many hours closers spend on leads that turn out unfit, for every 100 leads.
-- needs:     leads.disqualified_at, time_log.minutes, time_log.role, time_log.lead_id, calls.lead_id
-- links:     calls.lead, time_log.lead
-- windows:   calls, time_log
-- horizon:   inbound 60, outbound 60
-- also:      horizon_days, measure, unfit_count, untouched_count
-- apart:     Screening differs between the channels, so together its two arms would compare channels.
-- across:    Both channels are read at the same age; screening differs between them, so read the two arms within a channel.
-- caveat:    Unfit is disqualified, or called without a fit, by the age of judgement. Hours are those logged by then.
-- caveat:    A closer is who logs time as ae, account executive, closer or sales. Unlogged hours are not guessed.
-- caveat:    The arms are leads of the same months, not before and after: a first conversation before a closer's first hour, or not.
-- caveat:    Leads were not assigned to an arm by lot and the mix of sources differs: slice by source or segment before reading the gap.
-- caveat:    Leads that nobody touched are in neither arm. The range takes leads of one account together, by a closed form.
-- answers:   S0.8, S0.21, S0.6
with

chosen_leads as (

    select
        slice,
        channel,
        lead_id,
        coalesce(account_id, lead_id) as account_id,
        created_on + horizon_of($horizon, channel)::integer as horizon_on,
        potential_days >= horizon_of($horizon, channel) as is_old_enough,
        conversation_on,
        disqualified_on
    from scope_leads($scope)

),

old_leads as (

    select *
    from chosen_leads
    where is_old_enough

),

-- Added up in a fixed order: fractions of minutes give the same sum every time.
closer_hours as (

    select
        lead_id,
        min(time_log.worked_on) as first_worked_on,
        sum(time_log.minutes order by time_log.worked_on, time_log.minutes) / 60 as hours
    from old_leads
    inner join snapshot.fact_time_log as time_log using (lead_id)
    where
        time_log.worked_on <= old_leads.horizon_on
        and fold(time_log.role) in ('ae', 'accountexecutive', 'closer', 'sales')
    group by lead_id

),

misfits as (

    select distinct lead_id
    from old_leads
    inner join snapshot.fact_calls as calls using (lead_id)
    where calls.disposition = 'no_fit' and calls.started_on <= old_leads.horizon_on

),

-- Equal age for all: each lead counts with what had happened by its own day of judgement.
placed as (

    select
        old_leads.slice,
        old_leads.channel,
        old_leads.lead_id,
        old_leads.account_id,
        coalesce(old_leads.disqualified_on <= old_leads.horizon_on, false) or misfits.lead_id is not null as is_unfit,
        coalesce(closer_hours.hours, 0) as hours,
        case
            when
                old_leads.conversation_on <= least(old_leads.horizon_on, coalesce(closer_hours.first_worked_on, old_leads.horizon_on))
                then 'screened first'
            when closer_hours.lead_id is not null then 'closer first'
        end as arm
    from old_leads
    left join closer_hours using (lead_id)
    left join misfits using (lead_id)

),

armed as (

    select
        *,
        unnest(['all leads', arm]) as measure
    from placed

),

accounts as (

    select
        slice,
        channel,
        measure,
        account_id,
        count(*) as lead_count,
        count(*) filter (where is_unfit) as unfit_count,
        count(*) filter (where arm is null) as untouched_count,
        coalesce(sum(hours order by lead_id) filter (where is_unfit), 0) as hours
    from armed
    where measure is not null
    group by slice, channel, measure, account_id

),

sums as (

    select
        slice,
        channel,
        measure,
        count(*) as account_count,
        sum(lead_count)::bigint as lead_count,
        sum(unfit_count)::bigint as unfit_count,
        sum(untouched_count)::bigint as untouched_count,
        sum(hours order by account_id) as hours,
        sum(hours * hours order by account_id) as hour_square_sum,
        sum(lead_count * hours order by account_id) as cross_sum,
        sum(lead_count * lead_count)::double as lead_square_sum
    from accounts
    group by slice, channel, measure

),

-- Ratio of two sums over accounts: linearised relative variance, range on the log scale. No hour at all has no upper limit.
means as (

    select
        *,
        100 * safe_ratio(hours, lead_count) as mean_hours,
        case
            when hours > 0
                then sqrt(
                    safe_ratio(account_count, account_count - 1) * greatest(
                        0,
                        hour_square_sum / hours ** 2 - 2 * cross_sum / (hours * lead_count) + lead_square_sum / lead_count ** 2
                    )
                )
        end as relative_se
    from sums

),

-- Thirty leads of two accounts at least.
judged as (

    select
        *,
        lead_count >= 30 and account_count >= 2 as is_given
    from means

),

gated as (

    select
        slice,
        channel,
        measure,
        hours,
        lead_count,
        unfit_count,
        untouched_count,
        case when is_given then 'ok' else 'too_few' end as status,
        case when is_given then mean_hours end as mean_hours,
        case when is_given then case when hours = 0 then 0 else mean_hours * exp(-z_of(95) * relative_se) end end as low,
        case when is_given then mean_hours * exp(z_of(95) * relative_se) end as high
    from judged

),

-- What screening keeps away: closer first minus screened first, from the limits of the two (MOVER).
gaps as (

    select
        slice,
        channel,
        closer.mean_hours - screened.mean_hours as mean_hours,
        mover_low(closer.mean_hours, closer.low, screened.mean_hours, screened.high) as low,
        mover_high(closer.mean_hours, closer.high, screened.mean_hours, screened.low) as high,
        closer.lead_count + screened.lead_count as lead_count,
        closer.unfit_count + screened.unfit_count as unfit_count,
        least(closer.lead_count, screened.lead_count) as smaller_count
    from gated as closer
    inner join gated as screened using (slice, channel)
    where closer.measure = 'closer first' and screened.measure = 'screened first'

),

whole as (

    select
        slice,
        channel,
        count(*) as chosen_count,
        any_value(horizon_of($horizon, channel)) as horizon_days
    from chosen_leads
    group by slice, channel

),

measured as (

    select
        slice,
        channel,
        'all leads' as measure,
        coalesce(gated.hours, 0) as hours,
        coalesce(gated.lead_count, 0) as lead_count,
        coalesce(gated.lead_count, 0) as smaller_count,
        gated.mean_hours,
        gated.low,
        gated.high,
        coalesce(gated.unfit_count, 0) as unfit_count,
        coalesce(gated.untouched_count, 0) as untouched_count,
        case
            when coalesce(gated.lead_count, 0) < 30 and whole.chosen_count >= 30 then 'too_early'
            else coalesce(gated.status, 'too_few')
        end as status
    from whole
    left join (select * from gated where measure = 'all leads') as gated using (slice, channel)
    union all
    select
        slice,
        channel,
        measure,
        hours,
        lead_count,
        lead_count as smaller_count,
        mean_hours,
        low,
        high,
        unfit_count,
        untouched_count,
        status
    from gated
    where measure <> 'all leads'
    union all
    select
        slice,
        channel,
        'kept away by screening' as measure,
        null as hours,
        lead_count,
        smaller_count,
        mean_hours,
        low,
        high,
        unfit_count,
        0 as untouched_count,
        case when mean_hours is not null then 'ok' else 'too_few' end as status
    from gaps

)

select
    slice,
    channel,
    measured.hours as numerator,
    measured.lead_count as denominator,
    measured.mean_hours as estimate,
    measured.low,
    measured.high,
    measured.smaller_count as n_old_enough,
    measured.status,
    whole.horizon_days,
    measured.measure,
    measured.unfit_count,
    measured.untouched_count
from measured
inner join whole using (slice, channel)
