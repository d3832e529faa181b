-- title:    The deal has an amount of zero
-- severity: warn
-- remedy:   It is used as it is and lowers averages. Leave the amount blank when unknown, or set zero_amount = "refuse" under [policy].
select
    'opportunities' as extract,
    file,
    line,
    opportunity_id as found
from staged_opportunities
where fate = 'used' and amount = 0
