-- title:  The units to which the events of a stream happen, by the day on which they began
-- grain:  one row per kind of unit, day, channel and source
select 'lead' as unit, created_on as unit_on, channel, source, count(*) as unit_count
from snapshot.fact_leads
group by all
union all
select 'opportunity', opportunities.created_on as began_on, leads.channel, leads.source, count(*)
from snapshot.fact_opportunities as opportunities
left join snapshot.fact_leads as leads using (lead_id)
group by all
union all
select 'conversation', calls.started_on as began_on, leads.channel, leads.source, count(*)
from snapshot.fact_calls as calls
left join snapshot.fact_leads as leads using (lead_id)
where calls.is_conversation
group by all
union all
select 'customer', won_on, null, null, count(*)
from (select account_id, min(closed_on) as won_on from snapshot.fact_opportunities where outcome = 'won' group by account_id)
group by all
