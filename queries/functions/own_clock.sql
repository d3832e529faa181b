-- A moment on the clock of one zone as the clocks of another (own_zone) showed it, summer time included; unchanged where the
-- other is not known.
create or replace macro own_clock(stamp, zone, own_zone) as
case when own_zone is null then stamp else timezone(own_zone, timezone(zone, stamp)) end;
