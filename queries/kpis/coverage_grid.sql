-- title:     Language, region and time-zone coverage
-- stage:     operations
-- home:      operations, headline
-- rows:      (select slice, channel, lead_id, created_on, zone, language, unnest(['all languages', 'language ' || language]) as measure,
--            is_covered as is_counted from judged_leads where is_known
--            union all
--            select slice, channel, lead_id, created_on, zone, language,
--            'language ' || language || ', hour ' || lpad(created_hour::varchar, 2, '0') as measure, is_hour_staffed as is_counted
--            from judged_leads where is_hour_known)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- first:     all languages
-- direction: higher_is_better
-- reads:     Of 100 leads, how many could be called in their language during their own working hours.
-- needs:     leads.created_at, leads.timezone, leads.language_pref, capacity.staffed_min, capacity.hour, capacity.language
-- links:     none
-- windows:   capacity
-- horizon:   none
-- also:      measure, known_share
-- across:    The promise is the same in both channels; the regions they reach differ, so slice by region before comparing.
-- caveat:    Covered: on a working day of the week up to its creation, staffed hours in its language overlap the lead's own
--            working hours for as long as promised (overlap_hours). All people of an hour count as that hour once.
-- caveat:    The zone is what the lead record says, never guessed from a telephone prefix. Unknown zones, unknown languages and
--            weeks without recorded capacity are left out; known_share says how many leads remain.
-- caveat:    Hours of capacity and of arrival are in the reporting zone of the snapshot: that of the mapping.
-- caveat:    The lines by language and hour count arrivals in an hour staffed in their language; a bare date arrives at hour 00.
-- answers:   S0.10
with

-- The language is the part before the region: pt-BR and pt_PT are both pt. A zone that no time-zone table knows is unknown.
chosen_leads as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        leads.created_on,
        hour(leads.created_at) as created_hour,
        zones.name as zone,
        nullif(lower(trim(split_part(replace(leads.language_pref, '_', '-'), '-', 1))), '') as language
    from scope_lead_records($scope) as leads
    left join pg_timezone_names() as zones on trim(leads.timezone) = zones.name

),

staffed_hours as (

    select
        worked_on,
        hour_of_day,
        nullif(lower(trim(split_part(replace(language, '_', '-'), '-', 1))), '') as language,
        least(sum(staffed_min order by staffed_min), 60) as staffed_min
    from snapshot.fact_capacity
    where worked_on <= $scope['as_of']::date and staffed_min > 0 and hour_of_day between 0 and 23
    group by all

),

zones_at_hand as (

    select distinct zone
    from chosen_leads
    where zone is not null

),

-- The same hour on the lead's own clock, summer time included.
local_hours as (

    select
        zones_at_hand.zone,
        staffed_hours.language,
        staffed_hours.staffed_min,
        own_clock(
            staffed_hours.worked_on::timestamp + to_hours(staffed_hours.hour_of_day), setting_zone(), zones_at_hand.zone
        ) as starts_at
    from staffed_hours
    cross join zones_at_hand

),

local_days as (

    select
        zone,
        language,
        starts_at::date as local_on,
        sum(
            staffed_min / 60 * greatest(
                0,
                least(hour(starts_at) * 60 + minute(starts_at) + 60, setting('business_hours.to_hour') * 60)
                - greatest(hour(starts_at) * 60 + minute(starts_at), setting('business_hours.from_hour') * 60)
            ) / 60
            order by starts_at
        ) as overlap_hours
    from local_hours
    where language is not null and list_contains(setting_list('business_hours.days'), lower(strftime(starts_at, '%a')))
    group by zone, language, starts_at::date

),

reachable_days as (

    select
        zone,
        language,
        local_on
    from local_days
    where overlap_hours >= setting('sla.overlap_hours')

),

recorded_days as (

    select distinct worked_on
    from snapshot.fact_capacity
    where worked_on <= $scope['as_of']::date

),

-- A week is always behind a lead on the day it is created, so that young leads are judged like old ones.
recorded_leads as (

    select distinct chosen_leads.lead_id
    from chosen_leads
    inner join recorded_days
        on chosen_leads.created_on >= recorded_days.worked_on and chosen_leads.created_on - 7 < recorded_days.worked_on

),

covered_leads as (

    select distinct chosen_leads.lead_id
    from chosen_leads
    inner join reachable_days
        on
            chosen_leads.zone = reachable_days.zone
            and chosen_leads.language = reachable_days.language
            and chosen_leads.created_on >= reachable_days.local_on
            and chosen_leads.created_on - 7 < reachable_days.local_on

),

judged_leads as (

    select
        chosen_leads.*,
        chosen_leads.zone is not null and chosen_leads.language is not null and recorded_leads.lead_id is not null as is_known,
        covered_leads.lead_id is not null as is_covered,
        recorded_days.worked_on is not null and chosen_leads.language is not null and chosen_leads.created_hour is not null
            as is_hour_known,
        staffed_hours.hour_of_day is not null as is_hour_staffed
    from chosen_leads
    left join recorded_leads using (lead_id)
    left join covered_leads using (lead_id)
    left join recorded_days on chosen_leads.created_on = recorded_days.worked_on
    left join staffed_hours
        on
            chosen_leads.created_on = staffed_hours.worked_on
            and chosen_leads.created_hour = staffed_hours.hour_of_day
            and chosen_leads.language = staffed_hours.language

),

measures as (

    select
        slice,
        channel,
        'all languages' as measure,
        count(*) filter (where is_known and is_covered) as part,
        count(*) filter (where is_known) as whole,
        safe_ratio(count(*) filter (where is_known), count(*)) as known_share
    from judged_leads
    group by slice, channel
    union all
    select
        slice,
        channel,
        'language ' || language as measure,
        count(*) filter (where is_known and is_covered) as part,
        count(*) filter (where is_known) as whole,
        safe_ratio(count(*) filter (where is_known), count(*)) as known_share
    from judged_leads
    where language is not null
    group by slice, channel, language
    union all
    select
        slice,
        channel,
        'language ' || language || ', hour ' || lpad(created_hour::varchar, 2, '0') as measure,
        count(*) filter (where is_hour_staffed) as part,
        count(*) as whole,
        null as known_share
    from judged_leads
    where is_hour_known
    group by slice, channel, language, created_hour

)

select
    slice,
    channel,
    part as numerator,
    whole as denominator,
    case when whole >= 10 then safe_ratio(part, whole) end as estimate,
    case when whole >= 10 then wilson_low(part, whole, z_of(95)) end as low,
    case when whole >= 10 then wilson_high(part, whole, z_of(95)) end as high,
    whole as n_old_enough,
    sample_status(whole) as status,
    measure,
    known_share
from measures
