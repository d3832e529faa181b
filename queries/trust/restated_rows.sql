-- title:  The rows that changed what an earlier week says
-- grain:  one row per measure and unit that stands in another week or channel, or with another amount, than in the snapshot before
-- Where nothing but the channel differs it is the lead that changed, and the lead is named.
-- late: the row is new, though it is dated by then; gone: it was there and is not; changed: it is in both, and says something else.
with

was as (

    select * from dated_events
    where not is_now

),

says_now as (

    select * from dated_events
    where is_now

),

paired as (

    select
        measure,
        coalesce(
            was.week_on = says_now.week_on
            and was.amount is not distinct from says_now.amount
            and was.currency is not distinct from says_now.currency,
            false
        ) as is_channel_only,
        case
            when measure = 'leads' or is_channel_only then 'leads' when measure = 'first meetings' then 'meetings' else 'opportunities'
        end as extract,
        -- A first meeting that is later now: it is the one that was first that went.
        case
            when is_channel_only then says_now.lead_id
            when says_now.dated_on > was.dated_on then was.row_id
            else coalesce(says_now.row_id, was.row_id)
        end as row_id,
        coalesce(says_now.lead_id, was.lead_id) as lead_id,
        was.channel as was_channel,
        was.dated_on as was_on,
        was.week_on as was_week_on,
        was.amount as was_amount,
        was.currency as was_currency,
        says_now.channel as now_channel,
        says_now.dated_on as now_on,
        says_now.week_on as now_week_on,
        says_now.amount as now_amount,
        says_now.currency as now_currency
    from was
    full outer join says_now using (measure, unit_id)
    where
        was.week_on is distinct from says_now.week_on
        or was.channel is distinct from says_now.channel
        or was.amount is distinct from says_now.amount
        or was.currency is distinct from says_now.currency

),

-- Rows that either snapshot holds, whatever they are dated: what only moved is not late or gone.
held as (

    select
        extract,
        row_id,
        bool_or(is_earlier) as is_in_was,
        bool_or(not is_earlier) as is_in_now
    from (
        select 'leads' as extract, lead_id as row_id, true as is_earlier from earlier.fact_leads
        union all
        select 'leads', lead_id, false from snapshot.fact_leads
        union all
        select 'meetings', meeting_id, true from earlier.fact_meetings
        union all
        select 'meetings', meeting_id, false from snapshot.fact_meetings
        union all
        select 'opportunities', opportunity_id, true from earlier.fact_opportunities
        union all
        select 'opportunities', opportunity_id, false from snapshot.fact_opportunities
    ) as all_rows
    semi join paired using (extract, row_id)
    group by extract, row_id

)

select
    paired.measure,
    paired.extract,
    paired.row_id,
    paired.lead_id,
    case when not held.is_in_was then 'late' when not held.is_in_now then 'gone' else 'changed' end as kind,
    paired.was_channel,
    paired.was_on,
    paired.was_week_on,
    paired.was_amount,
    paired.was_currency,
    paired.now_channel,
    paired.now_on,
    paired.now_week_on,
    paired.now_amount,
    paired.now_currency
from paired
inner join held using (extract, row_id)
order by coalesce(paired.now_week_on, paired.was_week_on) desc, paired.measure asc, paired.row_id asc
