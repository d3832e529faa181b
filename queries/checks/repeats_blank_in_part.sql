-- title:    Rows whose key of repeats is blank in part repeat nothing
-- severity: warn
-- remedy:   They stay. If they should be compared too, fill the column, or name in repeats only columns that every row has.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'repeats_blank_in_part'
