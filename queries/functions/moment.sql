-- Text to a wall-clock moment in the reporting zone (the session's TimeZone). Text with an offset is converted, text without one
-- is taken to be in that zone. A bare date is its first moment, also in a zone that has no such midnight. Null when it is no ISO
-- date: the name of a zone behind it (EST, IST) means several zones, 24:00 is no hour of a clock.
-- The first two are what most exports write: told without a pattern, and in UTC no zone has to be asked.
create or replace macro moment(label) as
case
    when strlen(label) = 20 and label between '1' and '3' and label like '____-__-__T__:__:__Z' and current_setting('timezone') = 'UTC'
        then try_strptime(label, '%Y-%m-%dT%H:%M:%SZ')
    when length(label) = 10 and regexp_full_match(label, '\d{4}-\d{2}-\d{2}') then try_cast(label as date)::timestamp
    when
        regexp_full_match(
            label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z| UTC| GMT|[+-]\d{2}(:?\d{2})?)?'
        )
        then try_cast(label as timestamptz)::timestamp
end;
