-- title:    Notes of a call hold what must not stand there
-- severity: warn
-- remedy:   Notes never reach a snapshot. Delete card, account and social security numbers and passwords in the source system.
with

kinds as (

    select
        file,
        line,
        case
            when regexp_matches(notes, '\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,}') then 'account number'
            when regexp_matches(notes, '\b(?:\d[ -]?){13,19}\b') then 'card number'
            when regexp_matches(notes, '\b\d{3}-\d{2}-\d{4}\b') then 'social security number'
            when regexp_matches(lower(notes), '\b(?:pw|pwd|password|passwort|kennwort)\b *[:=]') then 'password'
        end as kind
    from staged_calls
    where fate = 'used' and notes is not null

)

select
    'calls' as extract,
    file,
    line,
    kind as found
from kinds
where kind is not null
