-- One row per lead created up to known_on, with what had happened to it by the end of that day.
-- won_on: first closed-won. lost_on: the negative close that stands (all its opportunities lost, or disqualified
-- without one). Reopened leads and leads without a close have neither: they are open. Later events are blank.
-- Of two wins on one day the one with the smaller id: the order is fixed, not chance. An unknown amount stays unknown.
create or replace macro leads_as_of(known_on) as table
with
retold as (
    select
        lead,
        min(closed_on) filter (where outcome = 'won' and closed_on <= known_on) as won_on,
        arg_min_null(acv, (closed_on, opportunity_id)) filter (where outcome = 'won' and closed_on <= known_on) as won_amount,
        max(closed_on) filter (where outcome = 'lost' and closed_on <= known_on) as last_lost_on,
        bool_and(coalesce(outcome = 'lost' and closed_on <= known_on, false)) as is_all_lost
    from snapshot.lead_opportunities
    where created_on <= known_on
    group by lead
)
select
    events.lead,
    events.lead_id,
    events.account_id,
    events.account,
    events.is_crowd,
    dims.channel,
    dims.source,
    dims.segment,
    dims.region,
    events.created_on,
    events.created_at,
    events.entry_age,
    case when events.mql_on <= known_on then events.mql_on end as mql_on,
    case when events.qualified_on <= known_on then events.qualified_on end as qualified_on,
    case when events.rejected_on <= known_on then events.rejected_on end as rejected_on,
    case when events.recycled_on <= known_on then events.recycled_on end as recycled_on,
    case when events.disqualified_on <= known_on then events.disqualified_on end as disqualified_on,
    case when events.disqualified_on <= known_on then events.disqualified_reason end as disqualified_reason,
    case when events.first_call_on <= known_on then events.first_call_on end as first_call_on,
    case when events.conversation_on <= known_on then events.conversation_on end as conversation_on,
    case when events.decision_maker_on <= known_on then events.decision_maker_on end as decision_maker_on,
    case when events.responded_at::date <= known_on then events.responded_at end as responded_at,
    case when events.meeting_on <= known_on then events.meeting_on end as meeting_on,
    case when events.accepted_on <= known_on then events.accepted_on end as accepted_on,
    case when events.validated_on <= known_on then events.validated_on end as validated_on,
    case when events.opportunity_on <= known_on then events.opportunity_on end as opportunity_on,
    case
        when events.is_retold then retold.won_on
        when events.won_on <= known_on then events.won_on
    end as won_on,
    case
        when events.is_retold then retold.won_amount
        when events.won_on <= known_on then events.won_amount
    end as won_amount,
    case
        when events.is_retold
            then case
                when retold.won_on is not null then null
                when retold.lead is not null then case when retold.is_all_lost then retold.last_lost_on end
                when events.disqualified_on <= known_on then events.disqualified_on
            end
        when events.lost_on <= known_on then events.lost_on
    end as lost_on
from snapshot.lead_events as events
inner join snapshot.dims as dims using (dim)
left join retold using (lead)
where events.created_on <= known_on;
