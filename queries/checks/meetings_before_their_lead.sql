-- title:    The meeting was held before its lead was created
-- severity: warn
-- remedy:   It counts; when it came is unknown and in no figure of time. Create leads when they arrive, not when they are worked.
select
    'meetings' as extract,
    staged.file,
    staged.line,
    meetings.held_on::varchar as found
from snapshot.fact_meetings as meetings
inner join snapshot.fact_leads as leads on meetings.lead_id = leads.lead_id
inner join staged_meetings as staged on meetings.meeting_id = staged.meeting_id and staged.fate = 'used'
where meetings.held_on < leads.created_on
