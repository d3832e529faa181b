-- title:    The last line of the file ends early
-- severity: warn
-- remedy:   The download may have been cut off: export the file again and compare the number of rows.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'truncated_suspected'
