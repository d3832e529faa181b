-- A moment of the facts as the clocks of `zone` showed it, summer time included; unchanged where the zone is not known.
create or replace macro own_clock(stamp, zone) as
case when zone is null then stamp else timezone(zone, timezone(reporting_zone(), stamp)) end;
