-- A clock time of a zone that does not exist there (the hour skipped in spring) or occurs twice (the hour repeated in autumn).
create or replace macro local_fault(label, zone) as
case
    when timezone(zone, timezone(zone, try_cast(label as timestamp))) <> try_cast(label as timestamp) then 'NONEXISTENT_TIME'
    when
        timezone(zone, timezone(zone, try_cast(label as timestamp)) - interval 1 hour) = try_cast(label as timestamp)
        or timezone(zone, timezone(zone, try_cast(label as timestamp)) + interval 1 hour) = try_cast(label as timestamp)
        then 'AMBIGUOUS_TIME'
end;
