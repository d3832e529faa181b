-- A stated timeline in months: '3-6 months' is 6, 'within 2 weeks' is .5, 'asap' is 0, '12+ months' a little more than 12.
-- Null where no length of time can be read from it.
create or replace macro months_stated(label) as
case
    when fold(label) in ('now', 'asap', 'immediate', 'immediately', 'urgent') then 0.0
    else
        (
            try_cast(regexp_extract(lower(label), '([0-9]+)\s*\+?\s*(day|week|month|quarter|year)', 1) as double)
            + case when regexp_matches(lower(label), '[0-9]\s*\+\s*(day|week|month|quarter|year)') then .01 else 0 end
        )
        * case regexp_extract(lower(label), '([0-9]+)\s*\+?\s*(day|week|month|quarter|year)', 2)
            when 'day' then 1 / 30.0
            when 'week' then .25
            when 'month' then 1
            when 'quarter' then 3
            when 'year' then 12
        end
end;
