-- What the influence of a unit on its curve becomes when it leaves the risk set (statistics.md, 5.9): from its exit on it is
--     D(h) = base + slope * F(h),
-- before that, followed from its first day, R(h) = open_influence of incidence_steps. One row per slice, channel, exit age and
-- ending that occur: a look-up for units. Scaled by the units of the curve (scale), so that figures of large and of small
-- curves are of one size.
create or replace macro incidence_leaving(wanted, scope) as table
select
    steps.slice,
    steps.channel,
    steps.slice_number,
    steps.curve,
    steps.age_days as exit_age,
    cells.ending,
    steps.scale,
    steps.scale * (
        case when cells.ending = 'reached' then steps.jump_share else 0 end
        - steps.jumps_so_far
        - steps.weighted_hazards_so_far
        + case
            when cells.ending <> 'open' and steps.risk_count > steps.resolved
                then steps.reached_share / (steps.risk_count - steps.resolved)
            else 0
        end
    ) as base,
    steps.scale * (
        steps.hazards_so_far
        - case
            when cells.ending <> 'open' and steps.risk_count > steps.resolved then 1 / (steps.risk_count - steps.resolved)
            else 0
        end
    ) as slope
from incidence_steps(wanted, scope) as steps
inner join (
    select distinct slice, channel, exit_age, ending
    from scope_journeys(wanted, scope)
    where exit_age > entry_age
) as cells on steps.slice = cells.slice and steps.channel = cells.channel and steps.age_days = cells.exit_age;
