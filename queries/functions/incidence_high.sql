-- Upper limit of a cumulative incidence: log(-log), or Wilson on the leads old enough when fewer than 5 events
-- stand behind it (statistics.md, 5.4).
create or replace macro incidence_high(share, se, events, n_old_enough, z) as
case
    when events < 5 then wilson_high(share * n_old_enough, n_old_enough, z)
    else coalesce(loglog_high(share, se, z), wilson_high(share * n_old_enough, n_old_enough, z))
end;
