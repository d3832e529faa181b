-- The leads the reader chose, one row each, as known on as_of (columns of leads_as_of and of fact_leads), with their slice.
-- Leads created on as_of itself are left out: they join the rates the next day (docs/adr/0004).
create or replace macro scope_leads(scope) as table
select
    slice_of(scope, leads.source, leads.segment, leads.region) as slice,
    leads.* exclude (lead, account, is_crowd, created_at, responded_at),
    facts.* exclude (
        lead_id, account_id, channel, source, segment, region, created_on, entry_age, mql_on, sql_on, rejected_on, recycled_on,
        disqualified_on, disqualified_reason
    ),
    date_diff('day', leads.created_on, scope['as_of']::date) as potential_days
from leads_as_of(scope['as_of']::date) as leads
inner join snapshot.fact_leads as facts using (lead_id)
where
    leads.created_on < scope['as_of']::date
    and in_days(scope, leads.created_on)
    and in_scope(scope, leads.channel, leads.source, leads.segment, leads.region);
