-- title:  Capacity
-- grain:  one row per day, hour and language
select
    date::date as worked_on,
    staffed_min,
    hour::integer as hour_of_day,
    language
from staged_capacity
where fate = 'used'
order by all
