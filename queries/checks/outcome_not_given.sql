-- title:    Opportunities have a closing date, and nothing says how they ended
-- severity: warn
-- remedy:   All of them count as open. Map the column that says won or lost: columns.outcome.
-- lists:    an example
select
    'opportunities' as extract,
    arg_min(file, (file, line)) as file,
    arg_min(line, (file, line)) as line,
    count(*) || ' opportunities' as found
from staged_opportunities
where
    fate = 'used' and is_reopened
    and not exists (
        select 1 from filled_columns where extract = 'opportunities' and column_name = 'outcome' and known_count > 0
    )
having count(*) > 0
