-- title:    A column that this source usually carries is missing
-- severity: warn
-- remedy:   What rests on it is not available. Export the column, or take it out of optional in the mapping.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'optional_column_missing'
