-- Is the age at which a journey ended known? Not where that is dated before its start.
create or replace macro is_timed_of(started_at, reached_at, ended_at) as
not is_before(case ending_of(reached_at, ended_at) when 'reached' then reached_at when 'ended' then ended_at end, started_at);
