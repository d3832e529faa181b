-- title:  Spend
-- grain:  one row per month, source and kind of cost
select
    month::date as month_on,
    cost as cost_amount,
    fold(channel) as channel,
    source,
    lower(trim(kind)) as kind
from spelt_spend
where fate = 'used'
order by all
