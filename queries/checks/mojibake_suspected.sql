-- title:    Letters were broken before the file was written
-- severity: warn
-- remedy:   They are kept as they are. Repair them in the source system, or export again as UTF-8.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'mojibake_suspected'
