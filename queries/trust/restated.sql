-- title:  How much of what earlier weeks said has changed
-- grain:  one row
-- uncompared: the measures of which one of the two loads had no column.
with

-- A deal that is gone changes several figures and is one row.
responsible as (

    select distinct
        extract,
        row_id,
        kind
    from snapshot.restated_rows

)

select
    (select count(*) from snapshot.restated_weeks where was is distinct from says_now) as figure_count,
    (select count(distinct week_on) from snapshot.restated_weeks where was is distinct from says_now) as week_count,
    (select count(*) from responsible where kind = 'late') as late_count,
    (select count(*) from responsible where kind = 'gone') as gone_count,
    (select count(*) from responsible where kind = 'changed') as changed_count,
    (select coalesce(list(measure order by measure), []) from compared_measures where not is_compared) as uncompared
