-- title:    Some starts of calls carry an offset and some do not
-- severity: warn
-- remedy:   Those without are read in the zone of the mapping; the fewer kind is listed. Export all stamps in one form, best with an offset.
with

stamps as (

    select
        file,
        line,
        started_text,
        date_shape(started_text) = 'iso_local' as is_local
    from staged_calls
    where fate = 'used' and date_shape(started_text) in ('iso_utc', 'iso_offset', 'iso_local')

),

counted as (

    select
        *,
        count(*) filter (is_local) over () as local_count,
        count(*) filter (not is_local) over () as offset_count
    from stamps

)

select
    'calls' as extract,
    file,
    line,
    started_text as found
from counted
where local_count > 0 and offset_count > 0 and is_local = (local_count <= offset_count)
