-- title:    Some lengths are too long to be in the unit of their column
-- severity: warn
-- remedy:   Look at the example. If its unit is another (milliseconds), export one unit, or name it in the
--   mapping: columns.talk_s = { from = "Talk time", unit = "ms" }.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'length_in_doubt'
