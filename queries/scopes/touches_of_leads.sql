-- Who touched a lead first and last, as known on a day, and whether both channels did. A touch is what the lead's record says of
-- its first one, then its calls in both directions; what is neither inbound nor outbound counts for neither side. Of two calls at
-- the same moment the one with the smaller id is the earlier: the order is fixed, not chance.
create or replace macro touches_of_leads(known_on) as table
with
directions as (
    select
        lead,
        min(direction) <> max(direction) as is_both,
        arg_min(direction, turn) as first_direction,
        arg_max(direction, turn) as last_direction
    from (
        select lead, fold(direction) as direction, turn
        from snapshot.fact_calls
        where started_on <= known_on and lead > 0
    ) as calls
    where direction in ('inbound', 'outbound')
    group by lead
),
noted as (
    select
        facts.lead_id,
        events.lead,
        facts.channel,
        case when fold(facts.first_touch_channel) in ('inbound', 'outbound') then fold(facts.first_touch_channel) end as first_touch
    from snapshot.fact_leads as facts
    inner join snapshot.lead_events as events on facts.lead_id = events.lead_id
    where facts.created_on <= known_on
)
select
    noted.lead_id,
    coalesce(noted.first_touch, directions.first_direction, 'unknown') as first_touch,
    coalesce(directions.last_direction, noted.first_touch, 'unknown') as last_touch,
    coalesce(directions.is_both, false)
    or coalesce(noted.channel in ('inbound', 'outbound') and noted.first_touch <> noted.channel, false) as is_mixed
from noted
left join directions on noted.lead = directions.lead;
