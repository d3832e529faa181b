-- What may be said of a figure that rests on a number of events: `needed` of them to judge it, else nothing.
create or replace macro event_status(events, needed) as
case when events >= needed then 'ok' else 'too_few' end;
