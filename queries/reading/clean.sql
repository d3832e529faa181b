-- Text without what cannot be seen at its ends (blanks of all kinds, zero-width marks) and in one Unicode form: 'José' is one
-- name, however its é was typed. Null when nothing is left.
create or replace macro clean(label) as
nullif(trim(nfc_normalize(label), ' ' || chr(160) || chr(8203) || chr(8288) || chr(65279) || chr(173) || chr(8239) || chr(8201)), '');
