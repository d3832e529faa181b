-- title:  Revenue
-- grain:  one row per booked change of recurring revenue
select
    account_id,
    booked_at,
    booked_at::date as booked_on,
    arr_delta as arr_amount,
    lower(trim(kind)) as kind
from spelt_revenue
where fate = 'used'
order by all
