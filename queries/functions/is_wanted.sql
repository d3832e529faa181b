-- Is a unit on the journey that is asked for? `wanted` is the name of the journey, or of its time ('meeting_time'): then without
-- the units whose time is unknown (journeys_as_of).
create or replace macro is_wanted(wanted, journey, is_timed) as
case when ends_with(wanted, '_time') then journey = left(wanted, -length('_time')) and is_timed else journey = wanted end;
