-- title:    The leads followed to a milestone are not the leads
-- severity: fail
-- remedy:   A defect of ours, not of the files: report it with the mapping; the previous snapshot stays in force.
with

-- The leads of as_of itself are not followed yet (milestones_as_of). as_of is no column here, but no lead is created after
-- it: so either every lead is followed, or every lead except those of the last day, the same for all four milestones.
followed as (

    select
        milestone,
        date_trunc('week', leads.created_on)::date as cohort_week,
        leads.channel,
        count(*) as all_leads,
        count(*) filter (where leads.created_on < last_day.created_on) as earlier_leads
    from snapshot.fact_leads as leads
    cross join (select unnest(['conversation', 'meeting', 'opportunity', 'won']) as milestone) as milestones
    cross join (select max(created_on) as created_on from snapshot.fact_leads) as last_day
    group by all

),

counted as (

    select
        milestone,
        cohort_week,
        channel,
        sum(lead_count)::bigint as counted_leads
    from snapshot.milestone_counts
    group by all

),

compared as (

    select
        milestone,
        cohort_week,
        channel,
        coalesce(all_leads, 0) as all_leads,
        coalesce(earlier_leads, 0) as earlier_leads,
        coalesce(counted_leads, 0) as counted_leads
    from followed
    full outer join counted using (milestone, cohort_week, channel)

),

judged as (

    select
        *,
        bool_and(counted_leads = all_leads) over () as is_each_lead_followed
    from compared

)

select
    'leads' as extract,
    null::varchar as file,
    null::bigint as line,
    concat(milestone, ' ', cohort_week, ' ', channel, ': ', earlier_leads, ' leads, ', counted_leads, ' followed') as found
from judged
where not is_each_lead_followed and counted_leads <> earlier_leads
