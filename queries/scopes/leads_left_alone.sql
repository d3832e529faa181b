-- Leads on whom nobody should call any more, as known on known_on: asked not to be called, or won, lost or disqualified.
-- Action lists leave them out and count them; who asked not to be called is never listed, whatever else is known.
create or replace macro leads_left_alone(known_on) as table
with
asked as (
    select distinct lead_id
    from snapshot.fact_calls
    where disposition = 'do_not_call' and lead_id is not null and started_on <= known_on
),
closed as (
    select lead_id
    from leads_as_of(known_on)
    where won_on is not null or lost_on is not null or disqualified_on is not null
)
select
    lead_id,
    asked.lead_id is not null as is_do_not_call,
    asked.lead_id is null as is_closed
from asked
full outer join closed using (lead_id);
