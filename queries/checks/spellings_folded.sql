-- title:    One value is written in several spellings: case, blanks, dashes and underscores do not count
-- severity: warn
-- lists:    an example
-- shown:    whole
-- remedy:   They count as one value, shown in the most frequent spelling. Let the form offer a list to choose from.
select
    extract,
    min(file) as file,
    arg_min(line, (file, line)) as line,
    concat(
        column_name,
        ': "',
        shown,
        '" is also written ',
        string_agg(concat('"', found, '" (', row_count, ' rows)'), ', ' order by row_count desc, found asc)
    ) as found
from folded_values
group by extract, column_name, shown
