-- Seconds since midnight of a time of the day: 09:01:20, 9:01, 9:01:20.5, 9:01 PM. Null for what is no time of the day.
create or replace macro clock_seconds(label) as
case
    when regexp_full_match(label, '\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?( ?[AaPp][.]?[Mm][.]?)?')
        then
            epoch(
                try_strptime(
                    upper(regexp_replace(label, ' ?([AaPp])[.]?([Mm])[.]?$', ' \1\2')),
                    ['%H:%M:%S', '%H:%M', '%H:%M:%S.%f', '%I:%M:%S %p', '%I:%M %p', '%I:%M:%S.%f %p']
                )
            ) % 86400
end;
