-- How a number is dialed inside its country: the digits dialed before a national number, and the number itself as the first
-- group. Most countries dial 0 first; 1 is both prefix and country in North America; in Italy and some others the 0 belongs to
-- the number.
create or replace macro trunk_pattern(country_code) as
case
    when country_code = '1' then '^1(\d{10})$'
    when country_code = '7' then '^8(\d{10})$'
    when country_code = '36' then '^06(\d{8,9})$'
    when country_code = '370' then '^[08](\d{8})$'
    when country_code = '375' then '^80?(\d{9})$'
    when country_code = '993' then '^8(\d{8})$'
    when country_code in ('39', '225', '241', '242', '378', '379') then '^$'
    else '^0(\d+)$'
end;
