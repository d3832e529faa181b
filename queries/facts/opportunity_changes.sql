-- title:  Opportunity changes
-- grain:  one row per recorded state of an opportunity
select
    opportunity_id,
    changed_at,
    changed_at::date as changed_on,
    stage,
    amount,
    expected_close::date as expected_close_on,
    lower(trim(forecast_category)) as forecast_category,
    owner
from spelt_opportunity_changes
where fate = 'used'
order by all
