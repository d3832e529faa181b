-- title:    The opportunity closes after the end of recording
-- severity: warn
-- remedy:   It counts as open until then. Correct the closing date, or declare the day up to which the files are complete (as_of).
select
    'opportunities' as extract,
    file,
    line,
    closed_at::date::varchar as found
from staged_opportunities
where fate = 'used' and closed_at::date > (select as_of from load_day)
