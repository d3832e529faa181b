-- title:    Two ids of calls differ in capital letters only
-- severity: warn
-- remedy:   They count as two calls. If they are one, correct the id in the source system; ids of Salesforce may differ so.
with

spelt as (

    select
        file,
        line,
        call_id,
        lower(call_id) as plain_id
    from staged_calls
    -- First whether letters of both kinds stand in ids at all.
    where
        fate = 'used'
        and exists (from staged_calls where call_id <> upper(call_id))
        and exists (from staged_calls where call_id <> lower(call_id))

),

doubtful as (

    select plain_id
    from spelt
    group by plain_id
    having count(distinct call_id) > 1

)

select
    'calls' as extract,
    file,
    line,
    call_id as found
from spelt
semi join doubtful using (plain_id)
