-- From the first call that ended with `ending_code` to being qualified or meeting us after it. Only a later win competes:
-- whoever was closed may still come back, and a "no fit" is closed by the very call it starts from. A lead already won on
-- the day of the call is a customer, not one of those that may return.
create or replace macro journey_return(known_on, ending_code) as table
with
first_calls as (
    select
        lead_id,
        min(started_on) as called_on
    from snapshot.fact_calls
    where disposition = ending_code and started_on <= known_on
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
    states.won_on::timestamp as ended_at,
    null::decimal(18, 2) as amount
from first_calls
inner join leads_as_of(known_on) as states using (lead_id)
left join later_meetings using (lead_id)
where states.won_on is null or states.won_on > first_calls.called_on;
