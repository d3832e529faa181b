-- title:  Opportunities of leads whose closes must be read in order
-- grain:  one row per opportunity of a lead that is_retold (lead_events)
select
    events.lead,
    opportunities.opportunity_id,
    opportunities.created_on,
    opportunities.closed_on,
    opportunities.outcome,
    opportunities.acv
from snapshot.fact_opportunities as opportunities
inner join snapshot.lead_events as events on opportunities.lead_id = events.lead_id
where events.is_retold and opportunities.created_on is not null
order by events.lead, opportunities.opportunity_id
