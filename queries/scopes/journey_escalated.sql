-- From the flag "high potential" to the first touch by a closer, in minutes, followed for 30 days. A touch before the flag
-- does not count as an answer to it: such leads are left out and counted by the KPI.
create or replace macro journey_escalated(known_on) as table
with
touches as (
    select
        lead_id,
        min(first_sales_touch_at) as touched_at
    from snapshot.fact_handoffs
    where first_sales_touch_on <= known_on
    group by lead_id
)
select
    states.lead_id as unit_id,
    states.lead_id,
    states.account_id,
    states.channel,
    states.source,
    states.segment,
    states.region,
    leads.priority_at as started_at,
    1440 as ages_per_day,
    -1 as entry_age,
    case when touches.touched_at <= leads.priority_at + interval 43200 minute then touches.touched_at end as reached_at,
    case
        when states.lost_on < (leads.priority_at + interval 43200 minute)::date then states.lost_on::timestamp + interval 1 day
    end as ended_at,
    null::decimal(18, 2) as amount
from leads_as_of(known_on) as states
inner join snapshot.fact_leads as leads using (lead_id)
left join touches using (lead_id)
where leads.priority_at::date <= known_on and (touches.touched_at is null or touches.touched_at >= leads.priority_at);
