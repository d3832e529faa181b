-- title:    Telephone numbers that stand for none
-- severity: warn
-- remedy:   They are taken as missing and join nothing. Leave the number blank where there is none.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'phone_placeholder'
