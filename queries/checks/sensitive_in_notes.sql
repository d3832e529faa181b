-- title:    Notes of a call hold what must not stand there
-- severity: warn
-- remedy:   Notes never reach a snapshot. Delete card, account and social security numbers and passwords in the source system.
select
    'calls' as extract,
    file,
    line,
    sensitive_kind as found
from staged_calls
where fate = 'used' and sensitive_kind is not null
