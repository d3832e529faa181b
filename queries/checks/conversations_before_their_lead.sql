-- title:    The conversation is dated before its lead was created
-- severity: warn
-- remedy:   It counts; when it came is unknown and in no figure of time. Create leads when they arrive, not when they are worked.
select
    'calls' as extract,
    staged.file,
    staged.line,
    calls.started_on::varchar as found
from snapshot.fact_calls as calls
inner join snapshot.fact_leads as leads on calls.lead_id = leads.lead_id
inner join staged_calls as staged on calls.call_id = staged.call_id and staged.fate = 'used'
where calls.is_conversation and calls.started_on < leads.created_on
