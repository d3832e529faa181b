-- What each chosen unit contributes to the share that reached by age (statistics.md, 5.9; the infinitesimal jackknife, with
-- delayed entry): the squares add up to the variance of the share, account by account to its clustered variance.
-- Rows it must be, whatever the backing: units with their account. A unit without an account is an account of its own.
create or replace macro incidence_influence(wanted, scope, age) as table
with
steps as (
    select
        *,
        sum(jump_covariance) over to_here as jumps_so_far,
        sum(hazard_variance) over to_here as hazards_so_far,
        sum(hazard_variance * reached_share) over to_here as weighted_hazards_so_far,
        last_value(reached_share) over (
            partition by slice, channel order by age_days rows between unbounded preceding and unbounded following
        ) as share
    from incidence_steps(wanted, scope)
    where age_days <= age
    window to_here as (partition by slice, channel order by age_days)
),
unit_rows as (
    select unit_id, account_id, started_on, channel, source, segment, region, entry_age, exit_age, ending
    from journey_rows
    where scope['reads'] = 'facts' and journey = wanted and known_on = scope['as_of']::date
    union all
    select unit_id, account_id, started_on, channel, source, segment, region, entry_age, exit_age, ending
    from journeys_as_of(scope['as_of']::date)
    where scope['reads'] = 'counts' and journey = wanted
),
units as (
    select
        slice_of(scope, source, segment, region) as slice,
        channel,
        unit_id,
        coalesce(account_id, 'unit ' || unit_id) as cluster_id,
        exit_age,
        ending,
        least(exit_age, age) as to_age,
        least(entry_age, age) as from_age
    from unit_rows
    where
        exit_age > entry_age
        and started_on >= coalesce(scope['from_on']::date, started_on)
        and started_on <= coalesce(scope['to_on']::date, started_on)
        and in_scope(scope, channel, source, segment, region)
)
select
    units.slice,
    units.channel,
    units.unit_id,
    units.cluster_id,
    last_step.share,
    case when units.exit_age <= age and units.ending = 'reached' then last_step.jump_share else 0 end
    - (last_step.jumps_so_far - coalesce(first_step.jumps_so_far, 0))
    - case
        when units.exit_age <= age and units.ending <> 'open' and last_step.risk_count > last_step.resolved
            then (last_step.share - last_step.reached_share) / (last_step.risk_count - last_step.resolved)
        else 0
    end
    + last_step.share * (last_step.hazards_so_far - coalesce(first_step.hazards_so_far, 0))
    - (last_step.weighted_hazards_so_far - coalesce(first_step.weighted_hazards_so_far, 0)) as influence
from units
asof join steps as last_step
    on
        units.slice = last_step.slice
        and units.channel = last_step.channel
        and units.to_age >= last_step.age_days
asof left join steps as first_step
    on
        units.slice = first_step.slice
        and units.channel = first_step.channel
        and units.from_age >= first_step.age_days;
