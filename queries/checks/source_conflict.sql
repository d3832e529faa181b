-- title:    The deal names another source than its lead
-- severity: warn
-- remedy:   The lead's source is used everywhere: it says what brought the lead in. Let the deal take it over from the lead.
select
    'opportunities' as extract,
    deals.file,
    deals.line,
    concat(deals.source, ' (lead: ', leads.source, ')') as found
from staged_opportunities as deals
inner join staged_leads as leads on deals.lead_id = leads.lead_id and leads.fate = 'used'
where deals.fate = 'used' and fold(deals.source) <> fold(leads.source)
