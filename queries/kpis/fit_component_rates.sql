-- title:     Parts of fit
-- stage:     qualification
-- home:      qualification, detail
-- rows:      (select *, is_met as is_counted from chosen_leads inner join known_parts using (lead_id)
--            where is_met is not null)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- first:     answer: firmographic_fit
-- direction: higher_is_better
-- reads:     Part by part, how many of 100 leads with a known answer meet it: which part of fit is missing.
-- needs:     leads.lead_id, call_answers.answer_code, calls.lead_id
-- links:     calls.lead, call_answers.call
-- windows:   calls, call_answers
-- horizon:   none
-- also:      measure, lead_count, met_count, missed_count, unknown_count, lower_bound, upper_bound
-- across:    Unknown is kept apart in each channel: outbound is asked more, so compare the bounds before the rates.
-- caveat:    Lines `profile` hold the lead's own columns against the ideal customer profile, lines `answer` are what leads said.
-- caveat:    The first clear answer of a lead counts; neither the outcome nor a reason entered for lost leads is used.
-- caveat:    Many parts are read at once: with nine or more, one may stand out by chance alone.
-- counter:   icp_fit_rate
-- answers:   S1.24, S1.25, S1.26, S1.27, S1.34, S1.35, S1.36, S1.37, S1.38, S0.14
with

chosen_leads as (

    select
        slice,
        channel,
        lead_id
    from scope_leads($scope)

),

parts as (

    select distinct 'profile: ' || part as measure
    from profile_of_leads()
    union all
    select distinct 'answer: ' || split_part(name, '.', 2) as measure
    from snapshot.settings
    where starts_with(name, 'criteria.') and ends_with(name, '.question')

),

known_parts as (

    select
        lead_id,
        'profile: ' || part as measure,
        is_met
    from profile_of_leads()
    union all
    select
        lead_id,
        'answer: ' || criterion as measure,
        is_met
    from clear_answers($scope['as_of']::date)
    where place = 1

),

lead_counts as (

    select
        slice,
        channel,
        count(*) as lead_count
    from chosen_leads
    group by slice, channel

),

found as (

    select
        chosen_leads.slice,
        chosen_leads.channel,
        known_parts.measure,
        count(*) filter (where known_parts.is_met) as met_count,
        count(*) filter (where not known_parts.is_met) as missed_count
    from chosen_leads
    inner join known_parts using (lead_id)
    group by all

),

-- A part nobody answered stands there too, with all of its leads unknown.
counted as (

    select
        lead_counts.slice,
        lead_counts.channel,
        parts.measure,
        lead_counts.lead_count,
        coalesce(found.met_count, 0) as met_count,
        coalesce(found.missed_count, 0) as missed_count,
        coalesce(found.met_count, 0) + coalesce(found.missed_count, 0) as known_count
    from lead_counts
    cross join parts
    left join found
        on lead_counts.slice = found.slice and lead_counts.channel = found.channel and parts.measure = found.measure

)

-- The bounds hold whatever the unknown leads are (Manski): none of them meets the part, all of them do.
select
    slice,
    channel,
    met_count as numerator,
    known_count as denominator,
    case when known_count >= 10 then safe_ratio(met_count, known_count) end as estimate,
    case when known_count >= 10 then wilson_low(met_count, known_count, z_of(95)) end as low,
    case when known_count >= 10 then wilson_high(met_count, known_count, z_of(95)) end as high,
    known_count as n_old_enough,
    sample_status(known_count) as status,
    measure,
    lead_count,
    met_count,
    missed_count,
    lead_count - known_count as unknown_count,
    case when lead_count >= 10 then safe_ratio(met_count, lead_count) end as lower_bound,
    case when lead_count >= 10 then safe_ratio(lead_count - missed_count, lead_count) end as upper_bound
from counted
