-- title:    The leg of a transferred call is logged in the other direction
-- severity: warn
-- remedy:   Nothing is lost: the legs count as one call, in the direction of the first. A direction says nothing of the channel.
select
    'calls' as extract,
    legs.file,
    legs.line,
    legs.direction as found
from staged_calls as legs
inner join staged_calls as calls on legs.leg_of = calls.call_id and calls.fate = 'used'
where legs.direction <> calls.direction
