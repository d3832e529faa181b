-- title:  Leads and the first time that each thing happened to them
-- grain:  one row per lead
-- Of any day: leads_as_of cuts what came later, so one table answers for the day of the snapshot and for every earlier one, and
-- nothing asks the calls again. account numbers the accounts that hold several leads, null for all others. Whether a lead is
-- lost is no first time: where it has several opportunities, was disqualified beside one, or closed before it was created
-- (is_retold), the day decides, and lead_opportunities tells.
with

opportunity_states as (

    select
        lead_id,
        min(created_on) as opportunity_on,
        min(closed_on) filter (where outcome = 'won') as won_on,
        arg_min_null(acv, (closed_on, opportunity_id)) filter (where outcome = 'won') as won_amount,
        min(closed_on) filter (where outcome = 'lost') as lost_on,
        count(*) > 1 or bool_or(coalesce(closed_on < created_on, false)) as is_retold
    from snapshot.fact_opportunities
    where created_on is not null
    group by lead_id

),

call_states as (

    select
        lead,
        min(started_on) as first_call_on,
        min(started_on) filter (where is_conversation) as conversation_on,
        min(started_on) filter (where is_conversation and reached_role in ('decisionmaker', 'economicbuyer')) as decision_maker_on,
        min(responded_at(direction, started_at, answered_at)) filter (
            where direction = 'outbound' or answered_at is not null or is_conversation
        ) as responded_at
    from snapshot.fact_calls
    where lead > 0
    group by lead

),

first_acceptances as (

    select
        lead_id,
        min(accepted_on) as accepted_on
    from snapshot.fact_handoffs
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
    group by lead_id

)

select
    keys.lead,
    leads.lead_id,
    leads.account_id,
    keys.account,
    keys.is_crowd,
    keys.dim,
    leads.created_on,
    leads.created_at,
    leads.entry_age,
    leads.mql_on,
    leads.sql_on as qualified_on,
    leads.rejected_on,
    leads.recycled_on,
    leads.disqualified_on,
    leads.disqualified_reason,
    call_states.first_call_on,
    call_states.conversation_on,
    call_states.decision_maker_on,
    call_states.responded_at,
    keys.meeting_on,
    first_acceptances.accepted_on,
    validations.validated_on,
    opportunity_states.opportunity_on,
    opportunity_states.won_on,
    opportunity_states.won_amount,
    case
        when opportunity_states.lead_id is not null then opportunity_states.lost_on
        else leads.disqualified_on
    end as lost_on,
    coalesce(
        opportunity_states.is_retold or (opportunity_states.lead_id is not null and leads.disqualified_on is not null), false
    ) as is_retold
from snapshot.fact_leads as leads
inner join snapshot.lead_keys as keys on leads.lead_id = keys.lead_id
left join opportunity_states on leads.lead_id = opportunity_states.lead_id
left join call_states on keys.lead = call_states.lead
left join first_acceptances on leads.lead_id = first_acceptances.lead_id
left join validations on leads.lead_id = validations.lead_id
order by keys.lead
