-- The opportunities created in the chosen days up to as_of, one row each, as known on as_of: a later close is blank and its
-- outcome open. With the channel of origin and the slice of their lead. Those of leads that began before the extracts cover
-- their history are left out (scope['covered_from']).
create or replace macro scope_opportunities(scope) as table
select
    slice_of(scope, leads.source, leads.segment, leads.region) as slice,
    leads.channel,
    leads.source,
    leads.segment,
    leads.region,
    opportunities.* exclude (outcome, closed_on, account_id, loss_reason),
    coalesce(opportunities.account_id, leads.account_id) as account_id,
    leads.created_on as lead_created_on,
    case when opportunities.closed_on <= scope['as_of']::date then opportunities.outcome else 'open' end as outcome,
    case when opportunities.closed_on <= scope['as_of']::date then opportunities.closed_on end as closed_on,
    case when opportunities.closed_on <= scope['as_of']::date then opportunities.loss_reason end as loss_reason
from snapshot.fact_opportunities as opportunities
inner join snapshot.fact_leads as leads using (lead_id)
where
    opportunities.created_on <= scope['as_of']::date
    and leads.created_on <= scope['as_of']::date
    and in_days(scope, opportunities.created_on)
    and is_watched(scope, leads.created_on)
    and in_scope(scope, leads.channel, leads.source, leads.segment, leads.region);
