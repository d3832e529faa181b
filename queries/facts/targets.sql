-- title:  Targets
-- grain:  one row per month and channel: the contract value to be won in it
select
    date_trunc('month', month)::date as month_on,
    channel,
    target as target_amount
from spelt_targets
where fate = 'used'
order by all
