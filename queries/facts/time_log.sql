-- title:  Time log
-- grain:  one row per logged stretch of work
select
    rep_id,
    date::date as worked_on,
    minutes,
    lower(trim(role)) as role,
    lead_id,
    activity
from spelt_time_log
where fate = 'used'
order by all
