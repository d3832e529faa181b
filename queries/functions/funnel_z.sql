-- Two-sided standard normal quantile of the two funnel limits, named by their level in per mille (statistics.md, 10).
create or replace macro funnel_z(level_per_mille) as
case level_per_mille when 950 then 1.959963984540054::double when 998 then 3.090232306167813::double end;
