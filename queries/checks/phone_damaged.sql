-- title:    Telephone numbers were damaged by a spreadsheet
-- severity: warn
-- remedy:   They were taken as missing. Export them as text.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'phone_damaged'
