-- Text to a wall-clock moment in the reporting zone (the session's TimeZone). Text with an offset is converted,
-- text without one is taken to be in that zone, a bare date is its first moment. Null when it is no ISO date.
create or replace macro moment(label) as
case when regexp_matches(label, '^\d{4}-\d{2}-\d{2}([ T]|$)') then try_cast(label as timestamptz)::timestamp end;
