-- A length of time in words, for a finding: seconds, from two days on days.
create or replace macro time_text(seconds) as
case when seconds < 172800 then seconds || ' s' else seconds // 86400 || ' days' end;
