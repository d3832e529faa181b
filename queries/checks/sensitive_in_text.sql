-- title:    E-mail addresses or telephone numbers stood where no person belongs; keyed tokens stand in their place
-- severity: warn
-- remedy:   Rows still find each other by the tokens. Move what was typed into the wrong field; give people and leads ids of their own.
select
    extract,
    file,
    line,
    found
from file_notes
where code = 'sensitive_in_text'
