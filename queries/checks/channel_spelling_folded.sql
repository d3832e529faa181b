-- title:    The channel is spelt in another way than its plain form
-- severity: warn
-- remedy:   Nothing is lost: case, spaces and dashes are folded. Let the form or the import offer a list to choose from.
select
    'leads' as extract,
    file,
    line,
    channel as found
from staged_leads
where fate = 'used' and channel <> fold(channel)
