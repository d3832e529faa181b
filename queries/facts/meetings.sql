-- title:  Meetings
-- grain:  one row per meeting
-- A meeting counts from the day it was held; booked or scheduled is a promise.
select
    meeting_id,
    lead_id,
    booked_at::date as booked_on,
    scheduled_at::date as scheduled_on,
    held_at::date as held_on,
    status
from spelt_meetings
where fate = 'used'
order by held_on, meeting_id
