-- title:    The call belongs to no lead
-- severity: warn
-- remedy:   Export the leads of the same period, or set orphan_calls = "exclude" under [policy]; it counts as activity only.
select
    'calls' as extract,
    file,
    line,
    coalesce(source_lead_id, '(blank)') as found
from staged_calls
where fate = 'used' and lead_id is null and exists (select 1 from lead_aliases)
