-- title:    The file is not UTF-8
-- severity: warn
-- remedy:   It was converted from the encoding named here. Export as CSV UTF-8 to be sure of every letter.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'encoding_converted'
