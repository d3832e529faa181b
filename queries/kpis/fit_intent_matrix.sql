-- title:     Fit and intent, at entry and 90 days later
-- stage:     qualification
-- home:      qualification, detail
-- rows:      (select slice, channel, lead_id, is_fit, seen['is_shown'] as has_shown_intent,
--            seen['moment'] || ': ' || cells.cell as measure,
--            is_fit = cells.is_fit_asked and seen['is_shown'] = cells.is_shown_asked as is_counted
--            from moments
--            cross join (select unnest([
--            {'cell': 'fit and intent', 'is_fit_asked': true, 'is_shown_asked': true},
--            {'cell': 'fit only', 'is_fit_asked': true, 'is_shown_asked': false},
--            {'cell': 'intent only', 'is_fit_asked': false, 'is_shown_asked': true},
--            {'cell': 'neither', 'is_fit_asked': false, 'is_shown_asked': false}], recursive := true)) as cells
--            where seen['is_counted'] and is_fit is not null
--            union all
--            select slice, channel, lead_id, is_fit, has_intent as has_shown_intent,
--            'transition: fit only to fit and intent' as measure, has_intent as is_counted
--            from states where is_fit and not had_intent and is_old_enough)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- first:     later: fit and intent
-- direction: none
-- reads:     Of 100 leads, how many bring fit, intent, both or neither at entry and by day 90, and how many with fit gain intent.
-- needs:     leads.created_at, meetings.held_at
-- links:     calls.lead, meetings.lead, call_answers.call
-- windows:   calls, meetings, call_answers
-- withheld:  Nothing is known of fit or intent at this time: fill ideal_customer in the settings, or give call answers.
-- horizon:   inbound 90, outbound 90
-- also:      measure, horizon_days, lead_count, unknown_count, lower_bound, upper_bound
-- across:    A description, no judgement: it shows whether a channel brings fit first or intent first.
-- caveat:    Fit is the ideal customer profile of the settings; without one there is no table.
-- caveat:    Intent is what a lead said or did: a timeline of six months or less at entry or on a call, or a meeting held. The
--            channel is never taken for intent: the table would only repeat it.
-- caveat:    Intent not shown is not the same as none: where nobody asks for the timeline, only meetings tell.
-- caveat:    Lines of day 90 rest on leads that are 90 days old and followed from their first day; shares of a table add up to 1,
--            each with an interval of its own.
-- counter:   icp_fit_rate
-- answers:   S1.39, S1.2, S1.63
with

fits as (

    select
        lead_id,
        count(*) as part_count,
        case when bool_or(not is_met) then false when count(is_met) = count(*) then true end as is_fit
    from profile_of_leads()
    group by lead_id

),

near_timelines as (

    select
        lead_id,
        min(answered_on) as answered_on
    from clear_answers($scope['as_of']::date)
    where criterion = 'timeline' and is_met
    group by lead_id

),

-- The first day on which a lead showed intent; what it showed after it was closed no longer counts.
intents as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        leads.created_on,
        leads.potential_days,
        horizon_of($horizon, leads.channel) as horizon_days,
        coalesce(fits.part_count, 0) as part_count,
        fits.is_fit,
        least(
            case when months_stated(leads.entry_timeline) <= 6 then leads.created_on end,
            near_timelines.answered_on,
            leads.meeting_on
        ) as shown_on,
        least(leads.won_on, leads.lost_on) as closed_on
    from scope_lead_records($scope) as leads
    left join fits using (lead_id)
    left join near_timelines using (lead_id)
    where leads.entry_age < 0

),

states as (

    select
        *,
        potential_days >= horizon_days as is_old_enough,
        coalesce(shown_on <= created_on, false) as had_intent,
        coalesce(shown_on <= least(created_on + horizon_days, coalesce(closed_on, shown_on)), false) as has_intent
    from intents

),

moments as (

    select
        slice,
        channel,
        lead_id,
        horizon_days,
        part_count,
        is_fit,
        unnest([
            {'moment': 'entry', 'is_shown': had_intent, 'is_counted': true},
            {'moment': 'later', 'is_shown': has_intent, 'is_counted': is_old_enough}
        ]) as seen
    from states

),

tables as (

    select
        slice,
        channel,
        horizon_days,
        seen['moment'] as moment,
        max(part_count) as part_count,
        count(is_fit) as known_count,
        count(is_fit) filter (where seen['is_counted']) as counted,
        count(*) filter (where seen['is_counted']) as lead_count,
        count(*) filter (where seen['is_counted'] and is_fit is null) as unknown_count,
        count(*) filter (where seen['is_counted'] and is_fit is null and seen['is_shown']) as unknown_with_intent,
        count(*) filter (where seen['is_counted'] and is_fit and seen['is_shown']) as both_count,
        count(*) filter (where seen['is_counted'] and is_fit and not seen['is_shown']) as fit_count,
        count(*) filter (where seen['is_counted'] and not is_fit and seen['is_shown']) as intent_count,
        count(*) filter (where seen['is_counted'] and not is_fit and not seen['is_shown']) as neither_count
    from moments
    group by all

),

cells as (

    select
        * exclude (both_count, fit_count, intent_count, neither_count, unknown_with_intent),
        unnest([
            {'cell': 'fit and intent', 'cell_count': both_count, 'could_join': unknown_with_intent},
            {'cell': 'fit only', 'cell_count': fit_count, 'could_join': unknown_count - unknown_with_intent},
            {'cell': 'intent only', 'cell_count': intent_count, 'could_join': unknown_with_intent},
            {'cell': 'neither', 'cell_count': neither_count, 'could_join': unknown_count - unknown_with_intent}
        ]) as cell
    from tables

),

-- From fit alone to fit and intent: the plain share of leads old enough, so nobody is censored. A lead closed before it
-- showed intent stays one without.
transitions as (

    select
        slice,
        channel,
        horizon_days,
        max(part_count) as part_count,
        count(*) filter (where is_fit and not had_intent) as started_count,
        count(*) filter (where is_fit and not had_intent and is_old_enough) as counted,
        count(*) filter (where is_fit and not had_intent and is_old_enough and has_intent) as gained_count
    from states
    group by slice, channel, horizon_days

),

measures as (

    select
        slice,
        channel,
        horizon_days,
        part_count,
        moment || ': ' || cell['cell'] as measure,
        cell['cell_count'] as numerator,
        counted as denominator,
        case when moment = 'entry' then sample_status(counted) else maturity_status(counted, known_count) end as status,
        lead_count,
        unknown_count,
        safe_ratio(cell['cell_count'], lead_count) as lower_bound,
        safe_ratio(cell['cell_count'] + cell['could_join'], lead_count) as upper_bound
    from cells
    union all
    select
        slice,
        channel,
        horizon_days,
        part_count,
        'transition: fit only to fit and intent' as measure,
        gained_count as numerator,
        counted as denominator,
        maturity_status(counted, started_count) as status,
        counted as lead_count,
        null as unknown_count,
        null as lower_bound,
        null as upper_bound
    from transitions

),

judged as (

    select
        * replace (case when part_count = 0 then 'not_available' else status end as status),
        part_count > 0 and status in ('ok', 'provisional') as is_given
    from measures

)

select
    slice,
    channel,
    case when part_count > 0 then numerator end as numerator,
    case when part_count > 0 then denominator end as denominator,
    case when is_given then safe_ratio(numerator, denominator) end as estimate,
    case when is_given then wilson_low(numerator, denominator, z_of(95)) end as low,
    case when is_given then wilson_high(numerator, denominator, z_of(95)) end as high,
    denominator as n_old_enough,
    status,
    measure,
    horizon_days,
    lead_count,
    case when part_count > 0 then unknown_count end as unknown_count,
    case when is_given then lower_bound end as lower_bound,
    case when is_given then upper_bound end as upper_bound
from judged
