-- From a hand-off to its acceptance by sales; competing: rejected.
create or replace macro journey_accepted(known_on) as table
select
    handoffs.lead_id as unit_id,
    handoffs.lead_id,
    states.account_id,
    states.channel,
    states.source,
    states.segment,
    states.region,
    handoffs.handed_at as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    case when (handoffs.accepted_at)::date <= known_on then handoffs.accepted_at end as reached_at,
    case when (handoffs.rejected_at)::date <= known_on then handoffs.rejected_at end as ended_at,
    null::decimal(18, 2) as amount
from snapshot.fact_handoffs as handoffs
inner join leads_as_of(known_on) as states using (lead_id)
where (handoffs.handed_at)::date <= known_on;
