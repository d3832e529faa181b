-- title:    The direction of calls is spelt in another way than its plain form
-- severity: warn
-- lists:    an example
-- remedy:   Nothing is lost: case, spaces and dashes are folded. Let the telephone system write one form.
select
    'calls' as extract,
    file,
    min(line) as line,
    direction_text || ' (' || count(*) || ')' as found
from staged_calls
where direction_text <> direction and direction in ('inbound', 'outbound')
group by file, direction_text
