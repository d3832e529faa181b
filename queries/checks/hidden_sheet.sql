-- title:    The workbook has a hidden sheet
-- severity: warn
-- remedy:   It was not read. Show it and name it under read.sheet if it holds the extract, or delete it.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'hidden_sheet'
