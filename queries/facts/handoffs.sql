-- title:  Hand-offs
-- grain:  one row per hand-off of a lead to sales
select
    lead_id,
    handed_at,
    handed_at::date as handed_on,
    accepted_at,
    accepted_at::date as accepted_on,
    rejected_at,
    rejected_at::date as rejected_on,
    reject_reason,
    first_sales_touch_at,
    first_sales_touch_at::date as first_sales_touch_on,
    feedback_at,
    feedback_at::date as feedback_on
from spelt_handoffs
where fate = 'used'
order by all
