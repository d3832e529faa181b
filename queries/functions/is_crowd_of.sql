-- Is an account walked through unit by unit, in place of adding up the pairs of its units (clustered_incidence)? Where it has more
-- than eight, as pairs grow with the square, or where one of them is followed from a later age on.
create or replace macro is_crowd_of(unit_count, last_entry_age) as
unit_count > 8 or coalesce(last_entry_age >= 0, false);
