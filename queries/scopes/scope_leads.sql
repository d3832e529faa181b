-- The leads the reader chose, one row each, as known on as_of (columns of leads_as_of), with their slice. What else is on record
-- of them: scope_lead_records. Leads created on as_of itself are left out: they join the rates the next day (docs/adr/0004).
create or replace macro scope_leads(scope) as table
select
    slice_of(scope, source, segment, region) as slice,
    * exclude (is_crowd, responded_at),
    date_diff('day', created_on, scope['as_of']::date) as potential_days
from leads_as_of(scope['as_of']::date)
where
    created_on < scope['as_of']::date
    and in_days(scope, created_on)
    and in_scope(scope, channel, source, segment, region);
