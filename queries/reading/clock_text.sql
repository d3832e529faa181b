-- The parts of a time of day (time_pattern) as ' 14:05:00+02:00', on a clock of 24 hours; null for what no clock shows. 12:05 AM is
-- five past midnight.
create or replace macro clock_text(parts) as
case
    when parts['minute'] > '59' or parts['second'] >= '60' then null
    when parts['half'] = '' and parts['hour']::integer > 23 then null
    when parts['half'] <> '' and parts['hour']::integer not between 1 and 12 then null
    else
        ' '
        || lpad(
            (
                case lower(parts['half']) when '' then parts['hour']::integer else parts['hour']::integer % 12 end
                + case lower(parts['half']) when 'p' then 12 else 0 end
            )::varchar,
            2,
            '0'
        )
        || ':'
        || parts['minute']
        || ':'
        || coalesce(nullif(parts['second'], ''), '00')
        || offset_text(parts['zone'])
end;
