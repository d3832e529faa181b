-- A telephone number as its digits with the country, so that two spellings of one number are equal. Null for what is no
-- number: too short, withheld, or damaged by a spreadsheet (4.91E+11). country_code is the country of numbers written without
-- one ('49'); where it is null such a number keeps its digits and is equal only to the same spelling.
create or replace macro phone_key(label, country_code) as
case
    when
        not regexp_matches(trim(label), '^[0-9+()/ .-]{7,30}$')
        or length(regexp_replace(label, '[^0-9]', '', 'g')) not between 7 and 17
        then null
    when starts_with(trim(label), '+') then regexp_replace(replace(label, '(0)', ''), '[^0-9]', '', 'g')
    when starts_with(trim(label), '00') then substr(regexp_replace(replace(label, '(0)', ''), '[^0-9]', '', 'g'), 3)
    when regexp_matches(trim(label), '^\(?0') and country_code is not null
        then country_code || substr(regexp_replace(label, '[^0-9]', '', 'g'), 2)
    when length(regexp_replace(label, '[^0-9]', '', 'g')) <= 10 and country_code is not null
        then country_code || regexp_replace(label, '[^0-9]', '', 'g')
    else regexp_replace(label, '[^0-9]', '', 'g')
end;
