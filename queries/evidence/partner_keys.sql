-- title:  The keys that rows may name as their partner
-- grain:  one row per partner and key
-- A call stands once among the facts, so its keys need no comparison.
select unnest(['call', 'callback']) as partner, call_id as partner_key
from snapshot.fact_calls
union all
(select 'lead', lead_id
from lead_aliases
union
select 'opportunity', opportunity_id
from snapshot.fact_opportunities
union
select 'account', account_id
from snapshot.fact_leads
where account_id is not null
union
select 'account', account_id
from snapshot.fact_opportunities
where account_id is not null
union
select 'source', source
from snapshot.fact_leads)
