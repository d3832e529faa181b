-- title:  What two snapshots date, as known on one day
-- grain:  one row per snapshot (is_now: the new one), measure and unit
-- The snapshot before stands as `earlier`, the new one as `snapshot`; both are read as of known_on, so that what happened since
-- is no restatement. A unit is what a figure counts: a lead, the lead of a first meeting, an opportunity, a deal won. It stands
-- in the week that it is dated in itself, and row_id names the row that says so.
with

leads as (

    select false as is_now, lead_id, channel, created_on from earlier.fact_leads
    union all
    select true, lead_id, channel, created_on from snapshot.fact_leads

),

meetings as (

    select false as is_now, meeting_id, lead_id, held_on from earlier.fact_meetings
    union all
    select true, meeting_id, lead_id, held_on from snapshot.fact_meetings

),

opportunities as (

    select false as is_now, opportunity_id, lead_id, created_on, outcome, closed_on, acv, currency from earlier.fact_opportunities
    union all
    select true, opportunity_id, lead_id, created_on, outcome, closed_on, acv, currency from snapshot.fact_opportunities

),

-- Of two meetings of a lead on one day the one with the smaller id: the order is fixed, not chance.
first_meetings as (

    select
        is_now,
        lead_id,
        min(held_on) as held_on,
        arg_min(meeting_id, struct_pack(held_on := held_on, meeting_id := meeting_id)) as meeting_id
    from meetings
    where held_on is not null
    group by is_now, lead_id

),

units as (

    select
        is_now,
        'leads' as measure,
        lead_id as unit_id,
        lead_id as row_id,
        lead_id,
        created_on as dated_on,
        null::decimal(18, 2) as amount,
        null::varchar as currency
    from leads
    union all
    select is_now, 'first meetings', lead_id as unit_id, meeting_id as row_id, lead_id, held_on, null, null
    from first_meetings
    union all
    select is_now, 'opportunities', opportunity_id as unit_id, opportunity_id as row_id, lead_id, created_on, null, null
    from opportunities
    union all
    select is_now, 'won', opportunity_id as unit_id, opportunity_id as row_id, lead_id, closed_on, acv, currency
    from opportunities
    where outcome = 'won'

)

select
    units.*,
    leads.channel,
    date_trunc('week', units.dated_on)::date as week_on
from units
inner join leads using (is_now, lead_id)
semi join (select measure from compared_measures where is_compared) as compared using (measure)
where units.dated_on <= $known_on::date
