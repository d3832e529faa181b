-- One setting of the site as a number (leadquality.toml; rows of snapshot.settings). Null when it is not set.
create or replace macro setting(wanted) as (
    select max(try_cast(value as double))
    from snapshot.settings
    where name = wanted
);
