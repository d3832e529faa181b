-- What may be said of a proportion or an amount by the size of its sample (n30): 30 to judge, 10 to show, else nothing.
create or replace macro sample_status(n) as
case when n >= 30 then 'ok' when n >= 10 then 'provisional' else 'too_few' end;
