-- title:    The outcome says that somebody was spoken to, the clock says zero seconds
-- severity: warn
-- remedy:   Trust neither until a call is heard: the outcome may be a default, or the telephone system may not report the time.
select
    'calls' as extract,
    staged.file,
    staged.line,
    staged.outcome_code as found
from snapshot.fact_calls as calls
inner join staged_calls as staged on calls.call_id = staged.call_id and staged.fate = 'used'
where calls.is_conversation and calls.talk_seconds = 0
