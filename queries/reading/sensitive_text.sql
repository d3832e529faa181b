-- A name in which an e-mail address or a telephone number stands, as it may be shown; null when none does.
create or replace macro sensitive_text(label) as
case
    when regexp_matches(label, '\S+@\S+\.\S+') or regexp_matches(label, '\+?\d[\d ()/.-]{6,}\d') then mask(label)
end;
