-- title:  Opportunities
-- grain:  one row per opportunity
select
    opportunity_id,
    lead_id,
    account_id,
    created_at::date as created_on,
    stage,
    amount,
    acv,
    currency,
    expected_close::date as expected_close_on,
    closed_at::date as closed_on,
    outcome,
    is_reopened,
    loss_reason
from spelt_opportunities
where fate = 'used'
order by created_on, opportunity_id
