-- title:    The hand-off is dated before its lead was created
-- severity: warn
-- remedy:   It counts; when it came is unknown and in no figure of time. Create leads when they arrive, not when they are handed over.
select
    'handoffs' as extract,
    staged.file,
    staged.line,
    staged.handed_at::date::varchar as found
from staged_handoffs as staged
inner join snapshot.fact_leads as leads on staged.lead_id = leads.lead_id
where staged.fate = 'used' and staged.handed_at::date < leads.created_on
