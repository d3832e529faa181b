-- The digits of a text and nothing else.
create or replace macro digits_of(label) as regexp_replace(label, '\D', '', 'g');
