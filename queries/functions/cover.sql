-- Text in which e-mail addresses and long runs of digits (telephone numbers) are covered.
create or replace macro cover(label) as
regexp_replace(regexp_replace(label, '\S+@\S+', '…@…', 'g'), '[0-9][0-9 ()/.-]{5,}[0-9]', '…', 'g');
