-- title:    The sheet has hidden rows
-- severity: warn
-- remedy:   They are data and were read like the others. Take the filter off before saving if they are not meant.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'hidden_rows'
