-- Won deals of the chosen leads, closed by as_of: one row per won opportunity. Deal sizes stay rows: they are few.
create or replace macro scope_won_deals(scope) as table
select
    slice_of(scope, leads.source, leads.segment, leads.region) as slice,
    leads.channel,
    opportunities.opportunity_id,
    opportunities.lead_id,
    leads.account_id,
    leads.created_on,
    opportunities.closed_on,
    opportunities.acv,
    opportunities.currency
from snapshot.fact_opportunities as opportunities
inner join snapshot.fact_leads as leads using (lead_id)
where
    opportunities.outcome = 'won'
    and opportunities.created_on <= scope['as_of']::date
    and opportunities.closed_on <= scope['as_of']::date
    and leads.created_on <= scope['as_of']::date
    and in_days(scope, leads.created_on)
    and in_scope(scope, leads.channel, leads.source, leads.segment, leads.region);
