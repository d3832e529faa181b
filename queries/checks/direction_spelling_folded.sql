-- title:    The direction of calls is spelt in another way than its plain form
-- severity: warn
-- lists:    an example
-- remedy:   Nothing is lost: case, spaces and dashes are folded. Let the telephone system write one form.
select
    'calls' as extract,
    file,
    min(line) as line,
    direction || ' (' || count(*) || ')' as found
from source_calls
where direction <> fold(direction) and fold(direction) in ('inbound', 'outbound')
group by file, direction
