-- How the day of a stamp is written (day_text); day_month and short_year leave the order open.
create or replace macro day_shape(label) as
case
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}') then 'iso_spelt'
    when regexp_full_match(label, '\d{4}[/.-]\d{1,2}[/.-]\d{1,2}') then 'year_first'
    when regexp_full_match(label, '\d{1,2}[/.-]\d{1,2}[/.-]\d{4}') then 'day_month'
    when regexp_full_match(label, '\d{1,2}[/.-]\d{1,2}[/.-]\d{2}') then 'short_year'
    when regexp_full_match(label, '\d{1,2}[ -][A-Za-z]{3,9}[., -]+\d{4}') then 'day_name'
    when regexp_full_match(label, '[A-Za-z]{3,9}\.? \d{1,2},? \d{4}') then 'name_day'
    when regexp_full_match(label, '(19|20)\d{6}') then 'compact'
end;
