-- The values of a list setting, folded for comparison. Empty when the list is empty.
create or replace macro setting_list(wanted) as (
    select coalesce(list(fold(value)), [])
    from snapshot.settings
    where name = wanted
);
