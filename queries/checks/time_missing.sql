-- title:    The start of a call has no time of day, though others have one
-- severity: warn
-- remedy:   It is read as the first moment of the day, so hours and waits of this call say nothing. Export the full stamp.
select
    'calls' as extract,
    file,
    line,
    coalesce(started_text, plain_stamp(started_at)) as found
from staged_calls
where
    fate = 'used'
    and started_at = date_trunc('day', started_at)
    -- Without a text of its own a midnight says its plain form, the day.
    and (started_text is null or date_shape(started_text) = 'iso_day')
    and (
        select bool_or(started_at <> date_trunc('day', started_at) or (started_text is not null and date_shape(started_text) <> 'iso_day'))
        from staged_calls
        where fate = 'used'
    )
