-- The values of a list setting in the order of the file, folded for comparison. Empty when the list is empty.
create or replace macro setting_list(wanted) as (
    select coalesce(list(fold(value) order by rowid), [])
    from snapshot.settings
    where name = wanted
);
