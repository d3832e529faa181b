-- What a unit that is followed from a later age on brings along when it enters the risk set: base and slope of its influence from
-- then on (statistics.md, 5.9), scaled as in incidence_leaving. One row per slice, channel and entry age that occur after the first day.
create or replace macro incidence_entering(wanted, scope) as table
select
    steps.slice,
    steps.channel,
    steps.slice_number,
    steps.curve,
    cells.entry_age,
    steps.scale * (steps.jumps_before + steps.weighted_hazards_before) as base,
    -steps.scale * steps.hazards_before as slope
from incidence_steps(wanted, scope) as steps
inner join (
    select distinct slice, channel, entry_age
    from scope_journeys(wanted, scope)
    where exit_age > entry_age and entry_age >= 0
) as cells on steps.slice = cells.slice and steps.channel = cells.channel and steps.age_days = cells.entry_age + 1;
