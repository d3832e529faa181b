-- title:    Values hold marks that cannot be seen
-- severity: warn
-- remedy:   They were taken off the ends of values and out of ids. Clean them in the source system.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'hidden_characters'
