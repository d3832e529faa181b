-- Lower limit of a cumulative incidence: log(-log), or Wilson on the leads old enough when fewer than 5 events
-- stand behind it (statistics.md, 5.4: coverage .98 where log(-log) falls to .67).
create or replace macro incidence_low(share, se, events, n_old_enough, z) as
case
    when events < 5 then wilson_low(share * n_old_enough, n_old_enough, z)
    else coalesce(loglog_low(share, se, z), wilson_low(share * n_old_enough, n_old_enough, z))
end;
