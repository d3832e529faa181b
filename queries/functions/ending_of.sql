-- How a journey ended: reached, ended (a competing outcome), or open. Of both on one moment it arrived.
create or replace macro ending_of(reached_at, ended_at) as
case
    when reached_at <= coalesce(ended_at, reached_at) then 'reached'
    when ended_at is not null then 'ended'
    else 'open'
end;
