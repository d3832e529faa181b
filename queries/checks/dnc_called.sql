-- title:    A lead that asked not to be called was called
-- severity: warn
-- remedy:   Take the lead off the list of the dialler, and look at who called why: this may break the law.
select
    'calls' as extract,
    file,
    line,
    call_id as found
from staged_calls
where fate = 'used' and is_do_not_call and direction = 'outbound'
