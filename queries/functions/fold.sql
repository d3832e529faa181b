-- Spelling differences that carry no meaning: case, surrounding space, dash, underscore, Unicode form.
-- 'OUT-BOUND', ' out bound ' and 'Outbound' fold to 'outbound'; 'inbuond' stays what it is. The dotted capital İ is no I: it folds to
-- the letter ı, which is no i.
create or replace macro fold(label) as
nullif(lower(regexp_replace(replace(nfc_normalize(label), 'İ', 'ı'), '[\s_\-]+', '', 'g')), '');
