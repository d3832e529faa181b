-- The maturity gate (statistics.md, 1.4): 100 leads old enough to judge, 30 to show, else nothing is said.
-- With 30 leads or more, time brings the answer (too_early); with fewer it does not (too_few).
create or replace macro maturity_status(n_old_enough, n) as
case
    when n_old_enough >= 100 then 'ok'
    when n_old_enough >= 30 then 'provisional'
    when n >= 30 then 'too_early'
    else 'too_few'
end;
