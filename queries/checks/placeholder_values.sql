-- title:    A value stands for none: a placeholder of a form, a word typed to get past it, or one id on most of the rows
-- severity: warn
-- remedy:   It is taken as blank: never a partner, never merged, no group of its own. If it is real, list it: read.real_values.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'placeholder_values'
