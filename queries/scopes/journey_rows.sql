-- Rows of journeys as known on a day: filled at load, for the counts, and by leadquality/engine on demand while a session asks
-- about a day or under an assumption (journeys_assuming; null is none). The counts of a snapshot answer for whole weeks and the
-- snapshot's own day; these rows answer for any other, alike.
create table if not exists journey_rows as
select
    *,
    null::date as known_on,
    null::varchar as assuming
from journeys_assuming(date '1900-01-01', null)
where false;
