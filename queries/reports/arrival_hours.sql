-- title:     Arrivals against staffed hours
-- stage:     operations
-- home:      operations, report
-- rows:      (select slice, channel, lead_id, local_at, language, measure, is_staffed as is_counted from lines)
-- headline:  both
-- unit:      ratio
-- of:        arrivals
-- direction: higher_is_better
-- reads:     When leads arrive on their own clock, and whether somebody who speaks their language is at work then.
-- needs:     leads.created_at, leads.timezone, leads.language_pref, capacity.staffed_min, capacity.hour, capacity.language
-- links:     none
-- windows:   capacity
-- horizon:   none
-- also:      measure, weekday, hour, is_mostly_staffed, without_zone_count, unknown_count
-- first:     all hours
-- across:    Inbound leads arrive by themselves; outbound leads are created by us, so their hour is no arrival.
-- caveat:    Day and hour are those of the lead's own zone, as its record says. Leads without a zone are left out and counted
--   (without_zone_count), as are those without a language or of days without recorded capacity (unknown_count).
-- caveat:    The line all hours counts them all. Mostly staffed: at least half of the arrivals of an hour (of 10 or more).
-- caveat:    Staffed: capacity in the language of the lead in the hour of its arrival. A bare date arrives at midnight.
-- answers:   S0.10
with

-- The language is the part before the region: pt-BR and pt_PT are both pt. A zone that no time-zone table knows is unknown.
chosen_leads as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        leads.created_at,
        leads.created_on,
        hour(leads.created_at) as created_hour,
        zones.name as zone,
        timezone(zones.name, timezone(setting_zone(), leads.created_at)) as local_at,
        nullif(lower(trim(split_part(replace(leads.language_pref, '_', '-'), '-', 1))), '') as language
    from scope_lead_records($scope) as leads
    left join pg_timezone_names() as zones on trim(leads.timezone) = zones.name

),

staffed_hours as (

    select distinct
        worked_on,
        hour_of_day,
        nullif(lower(trim(split_part(replace(language, '_', '-'), '-', 1))), '') as language
    from snapshot.fact_capacity
    where worked_on <= $scope['as_of']::date and staffed_min > 0

),

recorded_days as (

    select distinct worked_on
    from snapshot.fact_capacity
    where worked_on <= $scope['as_of']::date

),

judged_leads as (

    select
        chosen_leads.*,
        chosen_leads.language is not null and recorded_days.worked_on is not null as is_known,
        staffed_hours.worked_on is not null as is_staffed
    from chosen_leads
    left join recorded_days on chosen_leads.created_on = recorded_days.worked_on
    left join staffed_hours
        on
            chosen_leads.created_on = staffed_hours.worked_on
            and chosen_leads.created_hour = staffed_hours.hour_of_day
            and chosen_leads.language = staffed_hours.language

),

placed as (

    select
        *,
        isodow(local_at) as weekday,
        hour(local_at) as local_hour
    from judged_leads
    where is_known and local_at is not null

),

lines as (

    select
        slice,
        channel,
        lead_id,
        local_at,
        language,
        is_staffed,
        'all hours' as measure,
        null::bigint as weekday,
        null::bigint as local_hour
    from placed
    union all by name
    select
        slice,
        channel,
        lead_id,
        local_at,
        language,
        is_staffed,
        strftime(local_at, '%a %H:00') as measure,
        weekday,
        local_hour
    from placed

),

left_out as (

    select
        slice,
        channel,
        count(*) filter (where local_at is null) as without_zone_count,
        count(*) filter (where local_at is not null and not is_known) as unknown_count
    from judged_leads
    group by slice, channel

),

cells as (

    select
        slice,
        channel,
        measure,
        weekday,
        local_hour,
        count(*) filter (where is_staffed) as staffed_count,
        count(*) as arrival_count
    from lines
    group by slice, channel, measure, weekday, local_hour

)

select
    slice,
    channel,
    staffed_count as numerator,
    arrival_count as denominator,
    case when arrival_count >= 10 then safe_ratio(staffed_count, arrival_count) end as estimate,
    case when arrival_count >= 10 then wilson_low(staffed_count, arrival_count, z_of(95)) end as low,
    case when arrival_count >= 10 then wilson_high(staffed_count, arrival_count, z_of(95)) end as high,
    arrival_count as n_old_enough,
    sample_status(arrival_count) as status,
    measure,
    weekday,
    local_hour as hour,
    case when arrival_count >= 10 then staffed_count * 2 >= arrival_count end as is_mostly_staffed,
    without_zone_count,
    unknown_count
from cells
inner join left_out using (slice, channel)
