-- One row per lead created up to known_on, with what had happened to it by the end of that day.
-- won_on: first closed-won. lost_on: the negative close that stands (all its opportunities lost, or disqualified
-- without one). Reopened leads and leads without a close have neither: they are open. Later events are blank.
create or replace macro oracle_leads_as_of(known_on) as table
with
opportunity_states as (
    select
        lead_id,
        min(created_on) as opportunity_on,
        min(closed_on) filter (where outcome = 'won' and closed_on <= known_on) as won_on,
        -- Of two wins on one day the one with the smaller id: the order is fixed, not chance. An unknown amount stays unknown.
        arg_min_null(acv, (closed_on, opportunity_id)) filter (where outcome = 'won' and closed_on <= known_on) as won_amount,
        max(closed_on) filter (where outcome = 'lost' and closed_on <= known_on) as last_lost_on,
        bool_and(coalesce(outcome = 'lost' and closed_on <= known_on, false)) as is_all_lost
    from snapshot.fact_opportunities
    where created_on <= known_on
    group by lead_id
),
call_states as (
    select
        lead_id,
        min(started_on) as first_call_on,
        min(started_on) filter (where is_conversation) as conversation_on,
        min(started_on) filter (where is_conversation and reached_role in ('decisionmaker', 'economicbuyer')) as decision_maker_on
    from snapshot.fact_calls
    where started_on <= known_on
    group by lead_id
),
first_meetings as (
    select
        lead_id,
        min(held_on) as meeting_on
    from snapshot.fact_meetings
    where held_on <= known_on
    group by lead_id
),
first_acceptances as (
    select
        lead_id,
        min(accepted_on) as accepted_on
    from snapshot.fact_handoffs
    where accepted_on <= known_on
    group by lead_id
),
-- Validated: the later of the first check of the telephone number and the first check of the role.
validations as (
    select
        lead_id,
        case
            when
                min(checked_on) filter (where checked_field = 'phone') is not null
                and min(checked_on) filter (where checked_field = 'role') is not null
                then greatest(
                    min(checked_on) filter (where checked_field = 'phone'), min(checked_on) filter (where checked_field = 'role')
                )
        end as validated_on
    from snapshot.fact_data_checks
    where checked_on <= known_on
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
    case when leads.mql_on <= known_on then leads.mql_on end as mql_on,
    case when leads.sql_on <= known_on then leads.sql_on end as qualified_on,
    case when leads.rejected_on <= known_on then leads.rejected_on end as rejected_on,
    case when leads.recycled_on <= known_on then leads.recycled_on end as recycled_on,
    case when leads.disqualified_on <= known_on then leads.disqualified_on end as disqualified_on,
    case when leads.disqualified_on <= known_on then leads.disqualified_reason end as disqualified_reason,
    call_states.first_call_on,
    call_states.conversation_on,
    call_states.decision_maker_on,
    first_meetings.meeting_on,
    first_acceptances.accepted_on,
    validations.validated_on,
    opportunity_states.opportunity_on,
    opportunity_states.won_on,
    opportunity_states.won_amount,
    case
        when opportunity_states.won_on is not null then null
        when opportunity_states.lead_id is not null
            then case when opportunity_states.is_all_lost then opportunity_states.last_lost_on end
        when leads.disqualified_on <= known_on then leads.disqualified_on
    end as lost_on
from snapshot.fact_leads as leads
left join opportunity_states using (lead_id)
left join call_states using (lead_id)
left join first_meetings using (lead_id)
left join first_acceptances using (lead_id)
left join validations using (lead_id)
where leads.created_on <= known_on;
