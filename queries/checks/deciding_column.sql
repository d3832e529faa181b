-- title:    A column that decides is not read
-- severity: warn
-- remedy:   Map it, as in columns.outcome = "Result" under its [[source]]; or list it under ignore, and no load speaks of it again.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'deciding_column'
