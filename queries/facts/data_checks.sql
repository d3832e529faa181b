-- title:  Data checks
-- grain:  one row per checked field of a lead
select
    lead_id,
    lower(trim(checked_field)) as checked_field,
    lower(trim(checked_result)) as checked_result,
    checked_at,
    checked_at::date as checked_on
from spelt_data_checks
where fate = 'used'
order by all
