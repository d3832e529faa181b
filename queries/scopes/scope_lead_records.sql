-- scope_leads with everything that is on record of a lead (columns of fact_leads): for what events do not tell.
create or replace macro scope_lead_records(scope) as table
select
    leads.* exclude (created_at),
    facts.* exclude (
        lead_id, account_id, channel, source, segment, region, created_on, entry_age, mql_on, sql_on, rejected_on, recycled_on,
        disqualified_on, disqualified_reason
    )
from scope_leads(scope) as leads
inner join snapshot.fact_leads as facts using (lead_id);
