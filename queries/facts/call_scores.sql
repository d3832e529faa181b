-- title:  Call scores
-- grain:  one row per call, scorer and item
select
    call_id,
    scorer_id,
    lower(trim(item)) as item,
    value
from spelt_call_scores
where fate = 'used'
order by all
