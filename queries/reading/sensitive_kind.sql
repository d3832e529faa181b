-- What stands in free text that must not stand there, by its kind; null when nothing does.
create or replace macro sensitive_kind(label) as
case
    when regexp_matches(label, '\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,}') then 'account number'
    when regexp_matches(label, '\b(?:\d[ -]?){13,19}\b') then 'card number'
    when regexp_matches(label, '\b\d{3}-\d{2}-\d{4}\b') then 'social security number'
    when regexp_matches(lower(label), '\b(?:pw|pwd|password|passwort|kennwort)\b *[:=]') then 'password'
end;
