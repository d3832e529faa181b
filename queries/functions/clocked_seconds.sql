-- Seconds between two stamps of a telephone system; null where both are on a full minute: then only the minute, or only the day, is
-- known, and waits are shorter than that.
create or replace macro clocked_seconds(since, until) as
case
    when date_trunc('minute', since) <> since or date_trunc('minute', until) <> until then elapsed_seconds(since, until)
end;
