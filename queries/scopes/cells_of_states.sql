-- Units on a journey that does not begin with the lead, as the snapshot keeps them for its own day: cells of unit_count alike ones.
create or replace macro cells_of_states(wanted, scope) as table
select
    channel,
    source,
    segment,
    region,
    started_on,
    ages_per_day,
    account,
    is_crowd,
    entry_age,
    exit_age,
    ending,
    unit_count,
    amount_sum,
    amount_square_sum
from snapshot.unit_states
where scope['reads'] = 'counts' and not is_of_leads(wanted) and is_wanted(wanted, journey, is_timed);
