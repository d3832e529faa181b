-- A telephone number in a text that is no id: as in one, or with dashes, or as ten to fifteen digits alone.
create or replace macro phone_pattern() as
phone_in_id_pattern() || '|\b0\d{2,5}-\d(?:[ /-]?\d){4,9}|\b0\d-\d{4}-\d{4}\b|\b\d{10,15}\b';
