-- What the units of one account contribute together to the share that reached by an age h, F(h), after each step by which that
-- changes (statistics.md, 5.9; the infinitesimal jackknife, with delayed entry). The influence of a unit is
--     D(h) = base + slope * F(h) + open_count * R(h),  R(h) being open_influence of incidence_steps,
-- with constants that change twice: when it enters the risk set and when it leaves it. So the sum over an account is three
-- running numbers, whatever the age asked for. Rows stand for `alike` accounts, as in scope_members. step_count numbers the
-- steps of an account; those of one age follow one another.
create or replace macro oracle_account_states(wanted, scope) as table
with
steps as (
    select *
    from oracle_incidence_steps(wanted, scope)
),
members as (
    select *
    from oracle_scope_members(wanted, scope)
),
entries as (
    select
        slice,
        channel,
        account_id,
        cell,
        alike,
        entry_age + 1 as age_days,
        0 as move,
        sum(unit_count)::bigint as unit_count
    from members
    group by all
),
moves as (
    select
        entries.slice,
        entries.channel,
        entries.account_id,
        entries.cell,
        entries.alike,
        entries.age_days,
        entries.move,
        entries.unit_count as entered_count,
        entries.unit_count * (steps.jumps_before + steps.weighted_hazards_before) as base,
        -entries.unit_count * steps.hazards_before as slope,
        entries.unit_count as open_count
    from entries
    inner join steps
        on entries.slice = steps.slice and entries.channel = steps.channel and entries.age_days = steps.age_days
    union all
    select
        members.slice,
        members.channel,
        members.account_id,
        members.cell,
        members.alike,
        members.exit_age as age_days,
        case members.ending when 'reached' then 1 when 'ended' then 2 else 3 end as move,
        0 as entered_count,
        members.unit_count * (
            case when members.ending = 'reached' then steps.jump_share else 0 end
            - steps.jumps_so_far
            - steps.weighted_hazards_so_far
            + case
                when members.ending <> 'open' and steps.risk_count > steps.resolved
                    then steps.reached_share / (steps.risk_count - steps.resolved)
                else 0
            end
        ) as base,
        members.unit_count * (
            steps.hazards_so_far
            - case
                when members.ending <> 'open' and steps.risk_count > steps.resolved then 1 / (steps.risk_count - steps.resolved)
                else 0
            end
        ) as slope,
        -members.unit_count as open_count
    from members
    inner join steps
        on members.slice = steps.slice and members.channel = steps.channel and members.exit_age = steps.age_days
)
select
    slice,
    channel,
    account_id,
    cell,
    alike,
    age_days,
    entered_count,
    sum(base) over to_here as base,
    sum(slope) over to_here as slope,
    sum(open_count) over to_here as open_count,
    row_number() over to_here as step_count
from moves
window to_here as (
    partition by slice, channel, account_id, cell
    order by age_days, move, base, slope rows between unbounded preceding and current row
);
