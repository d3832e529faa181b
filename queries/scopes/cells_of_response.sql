-- Those of units_of_response as cells of one unit (cells_told). A response is followed for a week and the day after; nothing happens
-- later, and open leads of all ages are one cell.
create or replace macro cells_of_response(wanted, scope) as table
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
    least(exit_age, 11521) as exit_age,
    ending,
    1::bigint as unit_count,
    amount as amount_sum,
    amount::decimal(38, 4) * amount as amount_square_sum
from units_of_response(wanted, scope);
