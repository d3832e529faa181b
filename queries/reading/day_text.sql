-- The day of a stamp as it is written, without the time of day.
create or replace macro day_text(label) as regexp_replace(label, time_pattern(), '');
