-- A telephone number by which rows are joined: its digits with the country (dialed), so that two spellings of one number are equal.
-- Null for what is no number, and for one that stands for none: it is nobody's.
create or replace macro phone_key(label, country_code) as
case when not is_made_up(label, country_code) then dialed(phone_text(label), country_code) end;
