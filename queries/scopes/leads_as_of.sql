-- One row per lead created up to known_on, with what had happened to it by the end of that day.
-- won_on: first closed-won. lost_on: the negative close that stands (all its opportunities lost, or disqualified
-- without one). Reopened leads and leads without a close have neither: they are open. Later events are blank.
create or replace macro leads_as_of(known_on) as table
with
opportunity_states as (
    select
        lead_id,
        min(created_on) as opportunity_on,
        min(closed_on) filter (where outcome = 'won' and closed_on <= known_on) as won_on,
        max(closed_on) filter (where outcome = 'lost' and closed_on <= known_on) as last_lost_on,
        bool_and(coalesce(outcome = 'lost' and closed_on <= known_on, false)) as is_all_lost
    from snapshot.fact_opportunities
    where created_on <= known_on
    group by lead_id
),
first_conversations as (
    select
        lead_id,
        min(started_on) as conversation_on
    from snapshot.fact_calls
    where is_conversation and started_on <= known_on
    group by lead_id
),
first_meetings as (
    select
        lead_id,
        min(held_on) as meeting_on
    from snapshot.fact_meetings
    where held_on <= known_on
    group by lead_id
)
select
    leads.lead_id,
    leads.account_id,
    leads.channel,
    leads.source,
    leads.segment,
    leads.region,
    leads.created_on,
    leads.entry_age,
    first_conversations.conversation_on,
    first_meetings.meeting_on,
    opportunity_states.opportunity_on,
    opportunity_states.won_on,
    case
        when opportunity_states.won_on is not null then null
        when opportunity_states.lead_id is not null
            then case when opportunity_states.is_all_lost then opportunity_states.last_lost_on end
        when leads.disqualified_on <= known_on then leads.disqualified_on
    end as lost_on
from snapshot.fact_leads as leads
left join opportunity_states using (lead_id)
left join first_conversations using (lead_id)
left join first_meetings using (lead_id)
where leads.created_on <= known_on;
