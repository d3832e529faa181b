-- From the middle of the funnel (first held meeting or opportunity by day 45) to a silent end: lost without a decision (no
-- response, no decision, no reason), or no two-way activity for 45 days while open, dated at the last activity plus 45 days.
-- Competing: won, or lost with a reason. Activity: conversations, held meetings, recorded changes of the opportunity.
create or replace macro journey_silent(known_on) as table
with
mid_funnel as (
    select
        *,
        least(meeting_on, opportunity_on) as entered_on
    from leads_as_of(known_on)
    where date_diff('day', created_on, least(meeting_on, opportunity_on)) <= 45
),
activity as (
    select lead_id, started_on as active_on
    from snapshot.fact_calls
    where is_conversation and started_on <= known_on
    union all
    select lead_id, held_on
    from snapshot.fact_meetings
    where held_on <= known_on
    union all
    select opportunities.lead_id, changes.changed_on
    from snapshot.fact_opportunity_changes as changes
    inner join snapshot.fact_opportunities as opportunities using (opportunity_id)
    where changes.changed_on <= known_on
),
-- The first gap of 45 days after entering, while the lead was still open.
stretches as (
    select
        mid_funnel.lead_id,
        activity.active_on,
        lead(activity.active_on) over (partition by mid_funnel.lead_id order by activity.active_on) as next_on
    from mid_funnel
    inner join activity on mid_funnel.lead_id = activity.lead_id and mid_funnel.entered_on <= activity.active_on
),
quiet as (
    select
        lead_id,
        min(active_on + 45) as quiet_on
    from stretches
    where coalesce(next_on, known_on + 1) > active_on + 45 and active_on + 45 <= known_on
    group by lead_id
),
lost_reasons as (
    select
        lead_id,
        arg_max_null(fold(loss_reason), (closed_on, opportunity_id)) as reason
    from snapshot.fact_opportunities
    where outcome = 'lost' and closed_on <= known_on
    group by lead_id
),
endings as (
    select
        mid_funnel.*,
        quiet.quiet_on,
        coalesce(coalesce(lost_reasons.reason, fold(mid_funnel.disqualified_reason)) in ('noresponse', 'nodecision', 'timing'), true)
            as is_silent_loss
    from mid_funnel
    left join quiet using (lead_id)
    left join lost_reasons using (lead_id)
)
select
    lead_id as unit_id,
    lead_id,
    account_id,
    channel,
    source,
    segment,
    region,
    entered_on::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    least(
        case when quiet_on < coalesce(least(won_on, lost_on), known_on + 1) then quiet_on end,
        case when is_silent_loss then lost_on end
    )::timestamp as reached_at,
    least(won_on, case when not is_silent_loss then lost_on end)::timestamp as ended_at,
    null::decimal(18, 2) as amount
from endings;
