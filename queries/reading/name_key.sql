-- The letters of a name, by which two spellings are compared: without case, space, dash, full stop, and the host of an address.
-- 'Anna Meier', 'anna-meier' and 'Anna.Meier@site.example' are 'annameier'.
create or replace macro name_key(label) as
nullif(lower(regexp_replace(nfc_normalize(split_part(label, '@', 1)), '[\s_.,''\-]+', '', 'g')), '');
