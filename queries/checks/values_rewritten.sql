-- title:    Values were rewritten into the form that the rules read
-- severity: warn
-- remedy:   Look at the example: if it was misread, declare the format in the mapping (date_formats, time, number, read.null_markers).
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'values_rewritten'
