-- title:    The deal is won and nobody wrote down what it is worth
-- severity: warn
-- remedy:   Fill the amount in the source system; the win counts, every figure in money leaves the deal out.
select
    'opportunities' as extract,
    file,
    line,
    opportunity_id as found
from staged_opportunities
where fate = 'used' and outcome = 'won' and acv is null
