-- title:  Rows that name a partner in another extract
-- grain:  one row per row of an extract and per partner that it may name
-- Rows that are used, and those excluded because their partner was not found. `kind`: by what the partner is named: an id,
-- a person's telephone number, or a name; a list of wishes (target accounts) may name what does not exist yet. A key that
-- is given has a partner (is_matched) or is lost; without one the row is unkeyed, which is legitimate. The channel is that
-- of the lead, where one is known; a row of spend names its own.
with

lead_keys as (

    select 'calls' as extract, source_lead_id as given_key, lead_id, is_by_person, started_at::date as row_on
    from staged_calls
    where fate = 'used' or reason = 'LEAD_NOT_FOUND'
    union all
    select 'meetings', source_lead_id, lead_id, is_by_person, coalesce(held_at, scheduled_at, booked_at)::date
    from staged_meetings
    where fate = 'used' or reason = 'LEAD_NOT_FOUND'
    union all
    select 'opportunities', source_lead_id, lead_id, is_by_person, created_at::date
    from staged_opportunities
    where fate = 'used' or reason = 'LEAD_NOT_FOUND'
    union all
    select 'handoffs', source_lead_id, lead_id, is_by_person, handed_at::date
    from staged_handoffs
    where fate = 'used' or reason = 'LEAD_NOT_FOUND'
    union all
    select 'data_checks', source_lead_id, lead_id, is_by_person, checked_at::date
    from staged_data_checks
    where fate = 'used' or reason = 'LEAD_NOT_FOUND'
    union all
    select 'time_log', source_lead_id, lead_id, is_by_person, date::date
    from staged_time_log
    where fate = 'used' or reason = 'LEAD_NOT_FOUND'

),

accounts as (

    select account_id
    from snapshot.fact_leads
    union
    select account_id
    from snapshot.fact_opportunities

),

-- The calls that others name: few, so that not every call has to be looked for among all.
called_back as (

    select call_id
    from snapshot.fact_calls
    where call_id in (select callback_of from staged_calls where fate = 'used' and callback_of is not null)

),

sources as (

    select distinct source
    from snapshot.fact_leads

)

select
    lead_keys.extract,
    'lead' as partner,
    case when lead_keys.is_by_person then 'person' else 'id' end as kind,
    lead_keys.given_key,
    lead_keys.given_key is not null or coalesce(lead_keys.is_by_person, false) as is_keyed,
    lead_keys.lead_id is not null as is_matched,
    lead_keys.row_on,
    leads.channel
from lead_keys
left join snapshot.fact_leads as leads using (lead_id)
union all
select
    'calls',
    'callback',
    'id',
    callback_of,
    callback_of is not null,
    callback_of in (from called_back),
    started_at::date,
    null
from staged_calls
where fate = 'used'
union all
select 'call_answers', 'call', 'id', call_id, true, fate = 'used', null, null
from staged_call_answers
where fate = 'used' or reason = 'CALL_NOT_FOUND'
union all
select 'call_scores', 'call', 'id', call_id, true, fate = 'used', null, null
from staged_call_scores
where fate = 'used' or reason = 'CALL_NOT_FOUND'
union all
select 'opportunity_changes', 'opportunity', 'id', opportunity_id, true, fate = 'used', changed_at::date, null
from staged_opportunity_changes
where fate = 'used' or reason = 'OPPORTUNITY_NOT_FOUND'
union all
select 'opportunity_contacts', 'opportunity', 'id', opportunity_id, true, fate = 'used', added_at::date, null
from staged_opportunity_contacts
where fate = 'used' or reason = 'OPPORTUNITY_NOT_FOUND'
union all
select 'revenue', 'account', 'id', account_id, account_id is not null, account_id in (from accounts), booked_at::date, null
from staged_revenue
where fate = 'used'
union all
select 'account_sets', 'account', 'list', account_id, account_id is not null, account_id in (from accounts), targeted_from::date, null
from staged_account_sets
where fate = 'used'
union all
select 'spend', 'source', 'name', source, source is not null, source in (from sources), month::date, fold(channel)
from spelt_spend
where fate = 'used'
