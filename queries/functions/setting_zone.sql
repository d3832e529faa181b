-- The zone in which wall-clock moments of the facts are meant: that of the mapping, kept with the snapshot; UTC where it is not.
create or replace macro setting_zone() as (
    select coalesce(max(value), 'UTC')
    from snapshot.settings
    where name = 'reporting.zone'
);
