-- title:    The lead names no source
-- severity: warn
-- remedy:   Fill the source where the lead is created; until then the lead stands under (blank) in every slice by source.
-- Where no lead at all has a source the column was not exported: the coverage says so once, not each lead.
select
    'leads' as extract,
    file,
    line,
    lead_id as found
from staged_leads
where fate = 'used' and source is null and (select count(source) from staged_leads where fate = 'used') > 0
