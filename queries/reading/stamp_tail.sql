-- What follows the day of a stamp, in ISO form (clock_text): blank where there is no time of day, null where no clock shows it.
create or replace macro stamp_tail(label) as
case
    when regexp_matches(label, time_pattern())
        then clock_text(regexp_extract(label, time_pattern(), ['hour', 'minute', 'second', 'half', 'zone']))
    else ''
end;
