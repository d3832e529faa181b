-- Units on one journey, one row each, as known on as_of and under the scope's assumption; nothing is chosen yet but the journey.
-- Those of the journeys that begin with the lead come from lead_events on any day, the others from the rows of that day
-- (journey_rows, filled by leadquality/engine/kept.py): where scope['reads'] is 'counts' only if by_unit is true, as unit_states
-- has their cells. scope['reads'] = 'facts' reads rows alone. account numbers an account that several units share, null where a
-- unit is alone; is_crowd: is_crowd_of.
create or replace macro units_told(wanted, scope, by_unit) as table
select
    unit_id,
    lead_id,
    account_id as unit_account_id,
    channel,
    source,
    segment,
    region,
    started_at as started_on,
    1 as ages_per_day,
    account,
    is_crowd,
    entry_age,
    exit_age_of(started_at, 1, entry_age, reached_at, ended_at, scope['as_of']::date) as exit_age,
    ending_of(reached_at, ended_at) as ending,
    is_timed_of(started_at, reached_at, ended_at) as is_timed,
    case when ending_of(reached_at, ended_at) = 'reached' then amount end as amount
from journey_of_leads(regexp_replace(wanted, '_time$', ''), scope['as_of']::date)
where
    scope['reads'] <> 'facts'
    and is_of_leads(wanted)
    and regexp_replace(wanted, '_time$', '') <> 'response'
    and (not ends_with(wanted, '_time') or is_timed_of(started_at, reached_at, ended_at))
union all by name
select
    unit_id,
    lead_id,
    account_id as unit_account_id,
    channel,
    source,
    segment,
    region,
    started_at::date as started_on,
    1440 as ages_per_day,
    account,
    is_crowd,
    entry_age,
    exit_age_of(started_at, 1440, entry_age, reached_at, ended_at, scope['as_of']::date) as exit_age,
    ending_of(reached_at, ended_at) as ending,
    is_timed_of(started_at, reached_at, ended_at) as is_timed,
    amount
from journey_response(scope['as_of']::date)
where
    scope['reads'] <> 'facts'
    and regexp_replace(wanted, '_time$', '') = 'response'
    and started_at::date <= scope['as_of']::date
    and (not ends_with(wanted, '_time') or is_timed_of(started_at, reached_at, ended_at))
union all by name
select
    unit_id,
    lead_id,
    account_id as unit_account_id,
    channel,
    source,
    segment,
    region,
    started_on,
    ages_per_day,
    shared.account,
    coalesce(shared.is_crowd, false) as is_crowd,
    entry_age,
    exit_age,
    ending,
    is_timed,
    amount
from journey_rows
left join (
    select
        account_id,
        row_number() over (order by account_id)::integer as account,
        is_crowd_of(count(*), max(entry_age)) as is_crowd
    from journey_rows
    where is_wanted(wanted, journey, true) and known_on = scope['as_of']::date and assuming is not distinct from scope['assuming']::varchar
    group by account_id
    having count(*) > 1 and account_id is not null
) as shared using (account_id)
where
    (scope['reads'] = 'facts' or (not is_of_leads(wanted) and (scope['reads'] = 'events' or by_unit)))
    and is_wanted(wanted, journey, is_timed)
    and known_on = scope['as_of']::date
    and assuming is not distinct from scope['assuming']::varchar;
