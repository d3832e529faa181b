-- title:    The start of a call carries no offset, though most calls carry one
-- severity: warn
-- remedy:   It is read in the zone of the mapping; export all stamps in one form, best with an offset.
with

-- A date alone has no hour that an offset could move.
timed as (

    select
        file,
        line,
        started_text,
        regexp_matches(started_text, ':\d{2}(\.\d+)? ?([Zz]|UTC|[+-]\d{2}(:?\d{2})?)$') as has_offset
    from staged_calls
    where fate = 'used' and regexp_matches(started_text, '[T ]\d{2}:\d{2}')

)

select
    'calls' as extract,
    file,
    line,
    started_text as found
from timed
where not has_offset and (select avg(has_offset::integer) from timed) > .5
