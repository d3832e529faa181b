-- Two-sided standard normal quantile for the two levels in use: 95 for what is printed, 99 for what is said.
create or replace macro z_of(level_percent) as
case level_percent when 95 then 1.959963984540054::double when 99 then 2.5758293035489004::double end;
