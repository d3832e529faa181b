-- Those of units_of_rows as cells of one unit (cells_told).
create or replace macro cells_of_rows(wanted, scope) as table
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
    1::bigint as unit_count,
    amount as amount_sum,
    amount::decimal(38, 4) * amount as amount_square_sum
from units_of_rows(wanted, scope, false);
