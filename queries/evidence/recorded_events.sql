-- title:  The days on which each extract recorded something, and the unit that it happened to
-- grain:  one row per stream, day, day on which the unit began, channel and source; event_count counts a unit once a day
-- A stream is what one export records: an extract, or the closings of the opportunities, which are filled in later than
-- their creation. unit_on and what follows are null where the row belongs to no unit; rows that lost their partner show
-- that something was recorded all the same. Answers of a call bear its day. Spend of a month is counted on its first day
-- and covers it to the last.
with

opportunities as (

    select opportunities.*, leads.channel, leads.source
    from snapshot.fact_opportunities as opportunities
    left join snapshot.fact_leads as leads using (lead_id)

),

customers as (

    select account_id, min(closed_on) as won_on
    from snapshot.fact_opportunities
    where outcome = 'won'
    group by account_id

),

events as (

    select
        'leads' as stream,
        created_on as event_on,
        null::date as unit_on,
        null::varchar as channel,
        null::varchar as source,
        lead_id as unit_id
    from snapshot.fact_leads
    union all
    select 'calls', calls.started_on, leads.created_on, leads.channel, leads.source, coalesce(calls.lead_id, calls.call_id)
    from snapshot.fact_calls as calls
    left join snapshot.fact_leads as leads using (lead_id)
    union all
    select
        'meetings', coalesce(meetings.held_on, meetings.scheduled_on, meetings.booked_on), leads.created_on, leads.channel, leads.source,
        meetings.lead_id
    from snapshot.fact_meetings as meetings
    left join snapshot.fact_leads as leads using (lead_id)
    union all
    select
        'opportunities', opportunities.created_on, leads.created_on as began_on, leads.channel, leads.source,
        opportunities.opportunity_id
    from opportunities
    left join snapshot.fact_leads as leads using (lead_id)
    union all
    select 'closings', closed_on, created_on, channel, source, opportunity_id
    from opportunities
    where outcome in ('won', 'lost')
    union all
    select 'handoffs', handoffs.handed_on, leads.created_on, leads.channel, leads.source, handoffs.lead_id
    from snapshot.fact_handoffs as handoffs
    left join snapshot.fact_leads as leads using (lead_id)
    union all
    select
        'opportunity_changes', changes.changed_on, opportunities.created_on, opportunities.channel, opportunities.source,
        changes.opportunity_id
    from snapshot.fact_opportunity_changes as changes
    left join opportunities using (opportunity_id)
    union all
    select 'call_answers', calls.started_on, calls.started_on as began_on, leads.channel, leads.source, answers.call_id
    from snapshot.fact_call_answers as answers
    inner join snapshot.fact_calls as calls using (call_id)
    left join snapshot.fact_leads as leads using (lead_id)
    union all
    select 'data_checks', checks.checked_on, leads.created_on, leads.channel, leads.source, checks.lead_id
    from snapshot.fact_data_checks as checks
    left join snapshot.fact_leads as leads using (lead_id)
    union all
    select extract, row_on, null, null, null, given_key
    from keyed_rows
    where is_keyed and not is_matched and extract in ('meetings', 'opportunities', 'handoffs', 'data_checks', 'opportunity_changes')
    union all
    select 'spend', month_on, null, null, null, concat(source, ' ', kind)
    from snapshot.fact_spend
    union all
    select 'spend', last_day(month_on), null, null, null, null
    from snapshot.fact_spend
    union all
    select 'revenue', revenue.booked_on, customers.won_on, null, null, revenue.account_id
    from snapshot.fact_revenue as revenue
    left join customers using (account_id)
    union all
    select 'time_log', worked_on, null, null, null, concat(rep_id, ' ', lead_id, ' ', activity)
    from snapshot.fact_time_log
    union all
    select 'capacity', worked_on, null, null, null, concat(hour_of_day, ' ', language)
    from snapshot.fact_capacity

)

select
    stream,
    event_on,
    unit_on,
    channel,
    source,
    count(distinct unit_id) as event_count
from events
where event_on is not null
group by all
