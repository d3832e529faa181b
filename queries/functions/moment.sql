-- Text to a wall-clock moment in the reporting zone (the session's TimeZone). Text with an offset is converted, text without one
-- is taken to be in that zone. A bare date is its first moment, also in a zone that has no such midnight. Null when it is no ISO
-- date: the name of a zone behind it (EST, IST) means several zones, 24:00 is no hour of a clock.
create or replace macro moment(label) as
case
    when length(label) = 10 and regexp_full_match(label, '\d{4}-\d{2}-\d{2}') then try_cast(label as date)::timestamp
    when
        regexp_full_match(
            label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z| UTC| GMT|[+-]\d{2}(:?\d{2})?)?'
        )
        then try_cast(label as timestamptz)::timestamp
end;
