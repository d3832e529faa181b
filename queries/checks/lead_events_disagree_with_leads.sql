-- title:    The leads whose events are told are not the leads
-- severity: fail
-- remedy:   A defect of ours, not of the files: report it with the mapping; the previous snapshot stays in force.
with

told as (

    select
        events.created_on,
        dims.channel,
        count(*) as told_leads
    from snapshot.lead_events as events
    inner join snapshot.dims as dims using (dim)
    group by events.created_on, dims.channel

),

present as (

    select
        created_on,
        channel,
        count(*) as present_leads
    from snapshot.fact_leads
    group by created_on, channel

)

select
    'leads' as extract,
    null::varchar as file,
    null::bigint as line,
    concat(created_on, ' ', channel, ': ', coalesce(present_leads, 0), ' leads, ', coalesce(told_leads, 0), ' told') as found
from present
full outer join told using (created_on, channel)
where present_leads is distinct from told_leads
