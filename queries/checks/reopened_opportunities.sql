-- title:    The opportunity is open and yet has a closing date
-- severity: warn
-- remedy:   It was reopened: it counts as open and the date is left out. Clear the date in the source system.
select
    'opportunities' as extract,
    file,
    line,
    opportunity_id as found
from staged_opportunities
where
    fate = 'used' and is_reopened
    and exists (
        select 1 from filled_columns where extract = 'opportunities' and column_name = 'outcome' and known_count > 0
    )
