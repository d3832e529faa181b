-- A telephone number as the digits that are dialed from abroad, without 00 or +; null for what is no number: too short, too long,
-- withheld, or damaged by a spreadsheet (4.91E+11). number: without what is put around it (phone_text); country_code is the
-- country of numbers written without one ('49'). Where it is null such a number keeps its digits.
create or replace macro dialed(number, country_code) as
case
    when
        not regexp_matches(number, '^\+?[0-9() /.\x{A0}\x{2010}-\x{2015}-]{7,30}$')
        or length(digits_of(number)) not between 7 and 17
        then null
    when starts_with(number, '+') then digits_of(replace(number, '(0)', ''))
    when starts_with(number, '00') then substr(digits_of(replace(number, '(0)', '')), 3)
    when country_code is null then digits_of(number)
    when country_code = '1' and starts_with(number, '011') then substr(digits_of(number), 4)
    when regexp_matches(digits_of(number), trunk_pattern(country_code))
        then country_code || regexp_extract(digits_of(number), trunk_pattern(country_code), 1)
    when length(digits_of(number)) <= 10 then country_code || digits_of(number)
    else digits_of(number)
end;
