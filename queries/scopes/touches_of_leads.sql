-- Who touched a lead first and last, as known on a day, and whether both channels did. A touch is what the lead's record says of
-- its first one, then its calls in both directions; what is neither inbound nor outbound counts for neither side. Of two calls at
-- the same moment the one with the smaller id is the earlier: the order is fixed, not chance.
create or replace macro touches_of_leads(known_on) as table
with
directions as (
    select
        lead_id,
        count(distinct direction) as direction_count,
        arg_min(direction, (started_on, started_at, call_id)) as first_direction,
        arg_max(direction, (started_on, started_at, call_id)) as last_direction
    from (
        select lead_id, fold(direction) as direction, started_on, started_at, call_id
        from snapshot.fact_calls
        where started_on <= known_on
    ) as calls
    where direction in ('inbound', 'outbound')
    group by lead_id
),
noted as (
    select
        lead_id,
        channel,
        case when fold(first_touch_channel) in ('inbound', 'outbound') then fold(first_touch_channel) end as first_touch
    from snapshot.fact_leads
    where created_on <= known_on
)
select
    noted.lead_id,
    coalesce(noted.first_touch, directions.first_direction, 'unknown') as first_touch,
    coalesce(directions.last_direction, noted.first_touch, 'unknown') as last_touch,
    coalesce(directions.direction_count, 0) > 1
    or coalesce(noted.channel in ('inbound', 'outbound') and noted.first_touch <> noted.channel, false) as is_mixed
from noted
left join directions using (lead_id);
