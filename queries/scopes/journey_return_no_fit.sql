-- From the first call that ended "no fit" to being qualified or meeting us after it; competing: won or lost before.
create or replace macro journey_return_no_fit(known_on) as table
with
first_calls as (
    select
        lead_id,
        min(started_on) as called_on
    from snapshot.fact_calls
    where disposition = 'no_fit' and started_on <= known_on
    group by lead_id
),
later_meetings as (
    select
        first_calls.lead_id,
        min(meetings.held_on) as met_on
    from first_calls
    inner join snapshot.fact_meetings as meetings using (lead_id)
    where meetings.held_on > first_calls.called_on and meetings.held_on <= known_on
    group by first_calls.lead_id
)
select
    states.lead_id as unit_id,
    states.lead_id,
    states.account_id,
    states.channel,
    states.source,
    states.segment,
    states.region,
    first_calls.called_on::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    least(
        case when states.qualified_on > first_calls.called_on then states.qualified_on end, later_meetings.met_on
    )::timestamp as reached_at,
    least(states.won_on, states.lost_on)::timestamp as ended_at,
    null::decimal(18, 2) as amount
from first_calls
inner join leads_as_of(known_on) as states using (lead_id)
left join later_meetings using (lead_id);
