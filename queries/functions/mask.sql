-- A refused value as it may be shown: e-mail addresses and long digit runs (telephone numbers) are covered, the rest is cut.
create or replace macro mask(found) as
left(regexp_replace(regexp_replace(found, '\S+@\S+', '…@…', 'g'), '[0-9][0-9 ()/]{5,}[0-9]', '…', 'g'), 40);
