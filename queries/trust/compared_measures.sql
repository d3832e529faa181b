-- title:  The measures of two loads
-- grain:  one row per measure
-- A measure is compared where both loads had the column that it rests on: else one of its two figures is unknown, and not 0.
select
    measures.measure,
    coalesce(was.known_count > 0 and says_now.known_count > 0, false) as is_compared
from (
    select unnest([
        {'measure': 'leads', 'extract': 'leads', 'column_name': 'created_at'},
        {'measure': 'first meetings', 'extract': 'meetings', 'column_name': 'held_at'},
        {'measure': 'opportunities', 'extract': 'opportunities', 'column_name': 'created_at'},
        {'measure': 'won', 'extract': 'opportunities', 'column_name': 'outcome'},
    ], recursive := true)
) as measures
left join earlier.coverage as was using (extract, column_name)
left join snapshot.coverage as says_now using (extract, column_name)
