-- title:    The outcome code of a call has no meaning in the mapping
-- severity: warn
-- remedy:   Ask what the code means and map it under [source.values.outcome_code]; until then it is no outcome at all.
select
    'calls' as extract,
    staged.file,
    staged.line,
    coalesce(staged.outcome_code, '(blank)') as found
from snapshot.fact_calls as calls
inner join staged_calls as staged on calls.call_id = staged.call_id and staged.fate = 'used'
where calls.disposition = 'unmapped'
