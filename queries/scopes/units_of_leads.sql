-- Units on a journey that begins with the lead and is followed by days, from lead_events, as known on as_of.
create or replace macro units_of_leads(wanted, scope) as table
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
    and (not ends_with(wanted, '_time') or is_timed_of(started_at, reached_at, ended_at));
