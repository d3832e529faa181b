-- plain_stamp
-- A moment as most exports write it: in UTC with a Z, a midnight as the day alone. A text that says just this is not kept beside
-- its moment. In UTC no zone has to be asked.
create or replace macro plain_stamp(wall) as
case
    when wall = date_trunc('day', wall) then strftime(wall, '%Y-%m-%d')
    when current_setting('timezone') = 'UTC' then strftime(wall, '%Y-%m-%dT%H:%M:%SZ')
    else strftime(timezone('UTC', wall::timestamptz), '%Y-%m-%dT%H:%M:%SZ')
end;
