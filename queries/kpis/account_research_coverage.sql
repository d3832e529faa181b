-- title:     Account research before the first dial
-- stage:     conversation
-- home:      outbound, detail
-- rows:      dialled_leads
-- headline:  outbound
-- unit:      ratio
-- of:        leads dialled
-- direction: higher_is_better
-- reads:     Of 100 leads dialled for the first time, how many had company, contact and trigger researched before the dial.
-- needs:     calls.direction, calls.lead_id, leads.research_company_at, leads.research_contact_at, leads.research_trigger_at
-- links:     calls.lead
-- windows:   calls
-- horizon:   none
-- also:      company_count, contact_count, trigger_count, filled_late_count
-- apart:     Research before the dial is asked of outbound only.
-- across:    A lead that came to us says who it is: research before the dial is asked of outbound only.
-- caveat:    Research dated at or after the first dial does not count; filled_late_count holds the leads it was added to later.
-- caveat:    A research date without a time of day is taken as midnight, so research on the day of the dial counts.
-- answers:   S1.71, S1.72
with

-- The first dial is the first of all calls made to the lead up to as_of, not the first within the chosen days.
first_dials as (

    select call_id
    from snapshot.fact_calls
    where direction = 'outbound' and lead_id is not null and started_on <= $scope['as_of']::date
    qualify row_number() over (partition by lead_id order by started_on, started_at, call_id) = 1

),

dialled_leads as (

    select
        calls.slice,
        calls.channel,
        calls.lead_id,
        calls.started_on as first_dialled_on,
        coalesce(leads.research_company_at < calls.started_at, false) as has_company,
        coalesce(leads.research_contact_at < calls.started_at, false) as has_contact,
        coalesce(leads.research_trigger_at < calls.started_at, false) as has_trigger,
        coalesce(
            leads.research_company_at::date <= $scope['as_of']::date
            and leads.research_contact_at::date <= $scope['as_of']::date
            and leads.research_trigger_at::date <= $scope['as_of']::date,
            false
        ) as is_filled_by_now,
        has_company and has_contact and has_trigger as is_counted
    from scope_calls($scope) as calls
    inner join first_dials using (call_id)
    inner join snapshot.fact_leads as leads on calls.lead_id = leads.lead_id

),

counted as (

    select
        slice,
        channel,
        count(*) filter (where is_counted) as researched_count,
        count(*) as lead_count,
        sample_status(count(*)) as status,
        count(*) filter (where has_company) as company_count,
        count(*) filter (where has_contact) as contact_count,
        count(*) filter (where has_trigger) as trigger_count,
        count(*) filter (where is_filled_by_now and not is_counted) as filled_late_count
    from dialled_leads
    group by slice, channel

)

select
    slice,
    channel,
    researched_count as numerator,
    lead_count as denominator,
    case when status <> 'too_few' then safe_ratio(researched_count, lead_count) end as estimate,
    case when status <> 'too_few' then wilson_low(researched_count, lead_count, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(researched_count, lead_count, z_of(95)) end as high,
    lead_count as n_old_enough,
    status,
    company_count,
    contact_count,
    trigger_count,
    filled_late_count
from counted
