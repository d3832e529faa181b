-- One reason to refuse a row: the rule's code, the field and the value that broke it. Null when the rule holds, so that
-- coalesce() over the rules of an extract gives the first that is broken.
create or replace macro problem(is_broken, reason, field_name, found) as
case when is_broken then {'reason': reason, 'field': field_name, 'found': found::varchar} end;
