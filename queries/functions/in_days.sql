-- Does a day lie within the reader's dates, and outside the gaps of the extracts that a KPI needs
-- (leadquality/engine/evidence.py)?
create or replace macro in_days(scope, day) as
day >= coalesce(scope['from_on']::date, day)
and day <= coalesce(scope['to_on']::date, day)
and (
    len(scope['gaps']) = 0
    or not list_bool_or(
        list_transform(scope['gaps']::struct(from_on date, to_on date)[], lambda gap: day between gap['from_on'] and gap['to_on'])
    )
);
