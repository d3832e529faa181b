-- title:    Some starts of calls carry an offset and some do not
-- severity: warn
-- remedy:   Those without are read in the zone of the mapping; the fewer kind is listed. Export all stamps in one form, with an offset.
with

stamps as (

    select
        file,
        line,
        coalesce(started_text, plain_stamp(started_at)) as started_text,
        started_text is not null and date_shape(started_text) = 'iso_local' as is_local
    from staged_calls
    where
        fate = 'used'
        and case
            -- Without a text of its own the start says its plain form: a midnight is a day, all else is in UTC.
            when started_text is null then started_at <> date_trunc('day', started_at)
            else date_shape(started_text) in ('iso_utc', 'iso_offset', 'iso_local')
        end

),

counted as (

    select
        count_if(is_local) as local_count,
        count_if(not is_local) as offset_count
    from stamps

)

select
    'calls' as extract,
    stamps.file,
    stamps.line,
    stamps.started_text as found
from stamps
cross join counted
where
    counted.local_count > 0
    and counted.offset_count > 0
    and stamps.is_local = (counted.local_count <= counted.offset_count)
