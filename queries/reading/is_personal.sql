-- Whether an e-mail address or a telephone number stands in a text.
create or replace macro is_personal(label) as
regexp_matches(label, email_pattern() || '|' || phone_in_id_pattern());
