-- Rows of journeys as known on a day, kept while a session asks about that day; filled by leadquality/engine on demand.
-- The counts of a snapshot answer for whole weeks and the snapshot's own day; these rows answer for any other, alike.
create table if not exists journey_rows as
select null::date as known_on, *
from journeys_as_of(date '1900-01-01')
where false;
