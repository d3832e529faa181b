-- From the creation of an opportunity to its win, with what was won; competing: lost. Unit: opportunity.
create or replace macro journey_deal_won(known_on) as table
select
    opportunities.opportunity_id as unit_id,
    opportunities.lead_id,
    leads.account_id,
    leads.channel,
    leads.source,
    leads.segment,
    leads.region,
    opportunities.created_on::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    case when opportunities.outcome = 'won' and opportunities.closed_on <= known_on then opportunities.closed_on end::timestamp
        as reached_at,
    case when opportunities.outcome = 'lost' and opportunities.closed_on <= known_on then opportunities.closed_on end::timestamp
        as ended_at,
    opportunities.acv as amount
from snapshot.fact_opportunities as opportunities
inner join snapshot.fact_leads as leads using (lead_id)
where opportunities.created_on <= known_on and leads.created_on <= known_on;
