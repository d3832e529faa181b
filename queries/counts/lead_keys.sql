-- title:  Numbers of leads
-- grain:  one row per lead, and one per lead that calls name and no extract of leads holds
-- Joined and grouped by these, not by the ids of the files. A lead that is not on record has a number below 0 and nothing else.
-- account numbers the accounts that hold several leads, null for all others. Kept while the rows are counted.
with

shared_accounts as (

    select
        account_id,
        row_number() over (order by account_id)::integer as account,
        is_crowd_of(count(*), max(entry_age)) as is_crowd
    from snapshot.fact_leads
    where account_id is not null
    group by account_id
    having count(*) > 1

),

first_meetings as (

    select
        lead_id,
        min(held_on) as meeting_on
    from snapshot.fact_meetings
    group by lead_id

),

strangers as (

    select distinct calls.lead_id
    from unplaced_calls as calls
    anti join snapshot.fact_leads as leads on calls.lead_id = leads.lead_id
    where calls.lead_id is not null

)

select
    leads.lead_id,
    row_number() over (order by leads.created_on, dims.dim, leads.lead_id)::integer as lead,
    dims.dim,
    leads.created_on,
    shared_accounts.account,
    coalesce(shared_accounts.is_crowd, false) as is_crowd,
    first_meetings.meeting_on
from snapshot.fact_leads as leads
inner join snapshot.dims as dims
    on
        leads.channel is not distinct from dims.channel
        and leads.source is not distinct from dims.source
        and leads.segment is not distinct from dims.segment
        and leads.region is not distinct from dims.region
left join shared_accounts on leads.account_id = shared_accounts.account_id
left join first_meetings on leads.lead_id = first_meetings.lead_id
union all by name
select
    lead_id,
    -row_number() over (order by lead_id)::integer as lead
from strangers
