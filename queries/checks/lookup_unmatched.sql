-- title:    The value stands in no row of the file it refers to
-- severity: warn
-- remedy:   Correct the spelling in one of the two files; until then what the other file adds to the row is unknown.
-- Rows that are refused for another reason count too: it is the reference that is broken.
select
    extract,
    file,
    line,
    concat(found, ' (not in ', lookup_file, ')') as found
from unmatched_lookups
