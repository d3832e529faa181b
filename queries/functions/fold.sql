-- Spelling differences that carry no meaning: case, surrounding space, dash, underscore, Unicode form.
-- 'OUT-BOUND', ' out bound ' and 'Outbound' fold to 'outbound'; 'inbuond' stays what it is.
create or replace macro fold(label) as
nullif(lower(regexp_replace(nfc_normalize(label), '[\s_\-]+', '', 'g')), '');
