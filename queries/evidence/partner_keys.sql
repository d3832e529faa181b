-- title:  The keys that rows may name as their partner
-- grain:  one row per partner and key
with

several as (

    select 'lead' as partner, lead_id as partner_key
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
    from snapshot.fact_leads

)

select *
from several
union all
-- A call stands once among the facts, so its keys need no comparison.
select unnest(['call', 'callback']), call_id
from snapshot.fact_calls
