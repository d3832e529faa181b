-- title:    Ids look as if a spreadsheet or a number type had changed them
-- severity: warn
-- remedy:   '.0' is dropped, the rest is kept as it is. Export ids as text, and never through a spreadsheet.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'id_format'
