-- title:    Nobody answered, the outcome says, and there is talk time
-- severity: warn
-- remedy:   Either the outcome or the length is wrong: correct one, or the mapping where the length counts the ringing too.
select
    'calls' as extract,
    staged.file,
    staged.line,
    concat(staged.outcome_code, ', talk ', staged.talk_seconds::bigint, ' s') as found
from snapshot.fact_calls as calls
inner join staged_calls as staged on calls.call_id = staged.call_id and staged.fate = 'used'
where calls.disposition = 'unreachable' and staged.talk_seconds > 0
