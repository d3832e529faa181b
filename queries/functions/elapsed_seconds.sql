-- Seconds from one stamp to another. Null where the second lies before the first: an impossible order is an unknown time, never 0.
create or replace macro elapsed_seconds(since, until) as
case
    when since is not null and until is not null and not is_before(until, since)
        then greatest(0, date_diff('second', since, until))
end;
