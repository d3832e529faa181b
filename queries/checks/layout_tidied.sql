-- title:    The layout of the file was tidied
-- severity: warn
-- remedy:   No value changed. Blank or numbering columns, trailing delimiters and end marks are left out, spellings of names are matched.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'layout_tidied'
