-- title:    The opportunity was opened before its lead was created
-- severity: warn
-- remedy:   It counts, and a win is a win; when it came is unknown and in no figure of time. Where leads are added to old deals,
--   the channel of the first one is the true one.
select
    'opportunities' as extract,
    staged.file,
    staged.line,
    opportunities.created_on::varchar as found
from snapshot.fact_opportunities as opportunities
inner join snapshot.fact_leads as leads on opportunities.lead_id = leads.lead_id
inner join staged_opportunities as staged
    on opportunities.opportunity_id = staged.opportunity_id and staged.fate = 'used'
where opportunities.created_on < leads.created_on
