-- The seconds from one text to another: of two counts of seconds, of two moments, or of two times of the day, the second of which
-- may lie past midnight. Null where one of them is blank; where they cannot be read, both as they stand, so that the row is told.
create or replace macro seconds_between(first_text, last_text) as
case
    when first_text is not null and last_text is not null
        then
            coalesce(
                (try_cast(last_text as decimal(18, 3)) - try_cast(first_text as decimal(18, 3)))::varchar,
                (epoch(moment(last_text)) - epoch(moment(first_text)))::varchar,
                ((clock_seconds(last_text) - clock_seconds(first_text) + 86400) % 86400)::varchar,
                first_text || ' to ' || last_text
            )
end;
