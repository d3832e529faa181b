-- Does one stamp lie before another, as far as both say it? Of a stamp at midnight only the day may be known, of one on a full
-- minute only the minute: such stamps are compared by the day and by the minute. False where one is not known.
create or replace macro is_before(one, other) as
case
    when coalesce(one >= other, true) then false
    when one::date < other::date then true
    when one::timestamp = one::date::timestamp or other::timestamp = other::date::timestamp then false
    when date_trunc('minute', one) = one or date_trunc('minute', other) = other
        then date_trunc('minute', one) < date_trunc('minute', other)
    else true
end;
