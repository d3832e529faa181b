-- title:    A telephone number or an e-mail address stands in the campaign of a call
-- severity: warn
-- remedy:   It was typed into the wrong field: move it in the source system. It does not reach a snapshot.
select
    'calls' as extract,
    file,
    line,
    sensitive_campaign as found
from staged_calls
where fate = 'used' and sensitive_campaign is not null
