-- title:  Capacity
-- grain:  one row per day, hour and language
select
    date::date as worked_on,
    staffed_min,
    hour::integer as hour_of_day,
    language
from spelt_capacity
where fate = 'used'
order by all
