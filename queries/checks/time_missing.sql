-- title:    The start of a call has no time of day, though others have one
-- severity: warn
-- remedy:   It is read as the first moment of the day, so hours and waits of this call say nothing. Export the full stamp.
select
    'calls' as extract,
    file,
    line,
    started_text as found
from staged_calls
where
    fate = 'used'
    and date_shape(started_text) = 'iso_day'
    and (select bool_or(date_shape(started_text) <> 'iso_day') from staged_calls where fate = 'used')
