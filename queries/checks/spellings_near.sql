-- title:    A value is spelt almost like a more frequent one
-- severity: warn
-- lists:    an example
-- shown:    whole
-- remedy:   They count as two: a spelling is suggested, never taken. If they are one, name both under [source.values] of the mapping.
select
    extract,
    file,
    line,
    concat(column_name, ': "', found, '" (', row_count, ' rows) beside "', near, '" (', near_count, ' rows)') as found
from near_values
