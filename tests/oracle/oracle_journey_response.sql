-- From a lead to its first human response, in minutes: an outbound dial to it or an inbound call of its own that was
-- answered; competing: closed before any. Followed for a week: a lead without a response by then is open at 10,080 minutes.
-- A call before the lead is a response whose time is unknown (journeys_as_of): the caller became the lead, or a clock is wrong.
create or replace macro oracle_journey_response(known_on) as table
with
responses as (
    select
        lead_id,
        min(responded_at(direction, started_at, answered_at)) as responded_at
    from snapshot.fact_calls
    where
        started_on <= known_on
        and (direction = 'outbound' or answered_at is not null or is_conversation)
    group by lead_id
)
select
    states.lead_id as unit_id,
    states.lead_id,
    states.account_id,
    states.channel,
    states.source,
    states.segment,
    states.region,
    leads.created_at as started_at,
    1440 as ages_per_day,
    -1 as entry_age,
    case when responses.responded_at <= leads.created_at + interval 10080 minute then responses.responded_at end as reached_at,
    case
        when least(states.won_on, states.lost_on) < (leads.created_at + interval 10080 minute)::date
            then least(states.won_on, states.lost_on)::timestamp + interval 1 day
    end as ended_at,
    null::decimal(18, 2) as amount
from oracle_leads_as_of(known_on) as states
inner join snapshot.fact_leads as leads using (lead_id)
left join responses using (lead_id);
