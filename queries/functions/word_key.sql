-- The letters and figures of a word for nothing, in small letters: '-- Please choose --' is 'pleasechoose', '(not set)' is 'notset'.
create or replace macro word_key(label) as
lower(regexp_replace(nfc_normalize(label), '[^\p{L}\p{N}/]+', '', 'g'));
