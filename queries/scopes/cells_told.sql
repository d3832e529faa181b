-- All units on one journey as cells of alike ones, whatever tells them. For one journey and scope only one of these has rows, and
-- planning the others takes longer than reading it: leadquality/engine/kept.py puts that one in the place of all.
create or replace macro cells_told(wanted, scope) as table
select * from cells_of_leads(wanted, scope)
union all
select * from cells_of_response(wanted, scope)
union all
select * from cells_of_rows(wanted, scope)
union all
select * from cells_of_states(wanted, scope);
