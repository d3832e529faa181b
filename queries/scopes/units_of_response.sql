-- Units on the way to a first response, followed by minutes, from lead_events, as known on as_of.
create or replace macro units_of_response(wanted, scope) as table
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
    and (not ends_with(wanted, '_time') or is_timed_of(started_at, reached_at, ended_at));
