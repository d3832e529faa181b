-- title:    Lines above the header were skipped
-- severity: warn
-- remedy:   Nothing to do, if they hold no data: they are counted as skipped lines. Export details only, without a title.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'preamble_skipped'
