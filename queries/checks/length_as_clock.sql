-- title:    Lengths are written as on a clock
-- severity: warn
-- remedy:   They are read as hours, minutes and seconds, or as minutes and seconds. If that is wrong, name the unit, as in
--   columns.talk_s = { from = "Talk time", unit = "hh:mm" }.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'length_as_clock'
