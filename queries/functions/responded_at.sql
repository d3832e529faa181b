-- When a call answered its lead: an inbound call when it was picked up, or when it came in where that is not known; a dial of ours
-- when it was made.
create or replace macro responded_at(direction, started_at, answered_at) as
case when direction = 'inbound' and not is_before(answered_at, started_at) then coalesce(answered_at, started_at) else started_at end;
