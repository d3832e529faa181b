-- From an accepted hand-off to the first touch by sales; nothing competes: an ignored hand-off stays open. Where the acceptance
-- lies before the hand-off nobody knows when it was, and the journey has no beginning.
create or replace macro journey_sales_touch(known_on) as table
select
    handoffs.lead_id as unit_id,
    handoffs.lead_id,
    states.account_id,
    states.channel,
    states.source,
    states.segment,
    states.region,
    handoffs.accepted_at as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    case when (handoffs.first_sales_touch_at)::date <= known_on then handoffs.first_sales_touch_at end as reached_at,
    case when (null::timestamp)::date <= known_on then null::timestamp end as ended_at,
    null::decimal(18, 2) as amount
from snapshot.fact_handoffs as handoffs
inner join leads_as_of(known_on) as states using (lead_id)
where (handoffs.accepted_at)::date <= known_on and not is_before(handoffs.accepted_at, handoffs.handed_at);
