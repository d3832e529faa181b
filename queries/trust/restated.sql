-- title:  How much of what earlier weeks said has changed
-- grain:  one row
-- uncompared: the measures of which one of the two loads had no column.
select
    (select count(*) from snapshot.restated_weeks where was is distinct from says_now) as figures,
    (select count(distinct week_on) from snapshot.restated_weeks where was is distinct from says_now) as weeks,
    (select count(distinct struct_pack(measure := measure, row_id := row_id)) from snapshot.restated_rows) as rows_responsible,
    (select coalesce(list(measure order by measure), []) from compared_measures where not is_compared) as uncompared
