-- title:    Dates are serial numbers of a spreadsheet
-- severity: warn
-- remedy:   They were read as days since 1899-12-30. Compare one with the source: a workbook of an old Mac counts from 1904.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'excel_serial_dates'
