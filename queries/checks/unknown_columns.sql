-- title:    The file has columns that the mapping does not know
-- severity: warn
-- remedy:   They were not read. Map them, or name them under ignore.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'unknown_columns'
