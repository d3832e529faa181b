-- journeys_as_of under one other assumption, to see whether a verdict hangs on it (statistics.md, 2 and 13):
--   first_touch, last_touch        an inbound or outbound lead belongs to the channel that touched it first, or last
--   without_mixed                  leads touched by both channels are left out
--   dormant_lost                   an open lead without any activity for 180 days is lost, on the day that makes it so
--   without_largest_deal           the lead of the largest won deal of each channel is left out
-- null is journeys_as_of itself. Journeys that nothing ends early (competes) know no dormancy.
create or replace macro journeys_assuming(known_on, assumption) as table
with
activity as (
    select lead_id, created_on as active_on
    from snapshot.fact_leads
    where created_on <= known_on
    union all
    select lead_id, started_on
    from snapshot.fact_calls
    where started_on <= known_on
    union all
    select lead_id, least(coalesce(held_on, scheduled_on, booked_on), known_on)
    from snapshot.fact_meetings
    where coalesce(booked_on, scheduled_on, held_on) <= known_on
    union all
    select lead_id, created_on
    from snapshot.fact_opportunities
    where created_on <= known_on
    union all
    select opportunities.lead_id, changes.changed_on
    from snapshot.fact_opportunity_changes as changes
    inner join snapshot.fact_opportunities as opportunities using (opportunity_id)
    where changes.changed_on <= known_on
),
dormant as (
    select
        lead_id,
        max(active_on) + 180 as dormant_on
    from activity
    where assumption = 'dormant_lost'
    group by lead_id
    having max(active_on) + 180 <= known_on
),
largest as (
    select
        leads.lead_id,
        true as is_largest
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    where
        assumption = 'without_largest_deal'
        and opportunities.outcome = 'won'
        and opportunities.acv is not null
        and opportunities.created_on <= known_on
        and opportunities.closed_on <= known_on
        and leads.created_on <= known_on
    qualify row_number() over (partition by leads.channel order by opportunities.acv desc, opportunities.opportunity_id asc) = 1
),
touches as (
    select *
    from touches_of_leads(known_on)
    where assumption in ('first_touch', 'last_touch', 'without_mixed')
),
assumed as (
    select
        journeys.*,
        touches.first_touch,
        touches.last_touch,
        case
            when
                journeys.ending = 'open'
                and journeys.ages_per_day = 1
                and dormant.dormant_on > journeys.started_on
                and journeys.journey in (
                    'conversation', 'decision_maker', 'qualified', 'meeting', 'opportunity', 'won', 'recycled', 'sales_ready', 'deal_won'
                )
                then dormant.dormant_on
        end as dormant_on
    from journeys_as_of(known_on) as journeys
    left join touches using (lead_id)
    left join dormant using (lead_id)
    left join largest using (lead_id)
    where
        not coalesce(assumption = 'without_mixed' and touches.is_mixed, false)
        and not coalesce(largest.is_largest, false)
)
select
    journey,
    unit_id,
    lead_id,
    account_id,
    case
        when channel not in ('inbound', 'outbound') then channel
        when assumption = 'first_touch' and first_touch <> 'unknown' then first_touch
        when assumption = 'last_touch' and last_touch <> 'unknown' then last_touch
        else channel
    end as channel,
    source,
    segment,
    region,
    started_on,
    ages_per_day,
    entry_age,
    case when dormant_on is not null then date_diff('day', started_on, dormant_on) else exit_age end::integer as exit_age,
    case when dormant_on is not null then 'ended' else ending end as ending,
    is_timed,
    amount
from assumed;
