-- title:  Account sets
-- grain:  one row per account in a target set
select
    account_id,
    set_id,
    targeted_from::date as targeted_on
from spelt_account_sets
where fate = 'used'
order by all
