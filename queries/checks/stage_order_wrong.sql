-- title:    Sales accepted the lead before marketing qualified it
-- severity: warn
-- remedy:   Both stamps are left out, since neither can be believed; correct them in the source system.
select
    'leads' as extract,
    file,
    line,
    lead_id as found
from staged_leads
where fate = 'used' and is_stage_order_wrong
