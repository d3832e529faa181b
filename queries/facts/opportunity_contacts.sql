-- title:  Opportunity contacts
-- grain:  one row per contact on an opportunity
select
    opportunity_id,
    contact_id,
    lower(trim(role)) as role,
    added_at,
    added_at::date as added_on
from spelt_opportunity_contacts
where fate = 'used'
order by all
