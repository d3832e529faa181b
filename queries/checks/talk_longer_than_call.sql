-- title:    The talk lasted longer than the call
-- severity: warn
-- remedy:   One of the stamps is wrong, or the length is in another unit: see columns.talk_s and its unit in the mapping.
select
    'calls' as extract,
    file,
    line,
    concat('talk ', talk_seconds::bigint, ' s, call ', elapsed_seconds(started_at, ended_at), ' s') as found
from staged_calls
where fate = 'used' and talk_seconds > elapsed_seconds(started_at, ended_at) + 60
