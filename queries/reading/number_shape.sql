-- What the marks in the core of a number (number_core) prove. A lone mark before three figures proves nothing: comma_three and
-- point_three may be decimals or thousands.
create or replace macro number_shape(core) as
case
    when regexp_full_match(core, '-?\d+') then 'whole'
    when regexp_full_match(core, '-?[1-9]\d{0,2}\.\d{3}') then 'point_three'
    when regexp_full_match(core, '-?[1-9]\d{0,2},\d{3}') then 'comma_three'
    when regexp_full_match(core, '-?\d*\.\d+') then 'point_decimal'
    when regexp_full_match(core, '-?\d*,\d+') then 'comma_decimal'
    when regexp_full_match(core, '-?\d{1,3}(,\d{3})+\.\d*') then 'point_decimal'
    when regexp_full_match(core, '-?\d{1,3}(\.\d{3})+,\d*') then 'comma_decimal'
    when regexp_full_match(core, '-?\d{1,3}(,\d{3}){2,}') then 'point_decimal'
    when regexp_full_match(core, '-?\d{1,3}(\.\d{3}){2,}') then 'comma_decimal'
    when regexp_full_match(core, '-?\d([.,]\d+)?[eE][+-]?\d{1,3}') then 'exponent'
    when regexp_full_match(lower(core), '[+-]?(nan|inf(inity)?)( \(no number\))?') then 'not_finite'
    when regexp_full_match(core, '#+|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|ERROR)') then 'excel_error'
    when starts_with(core, '=') then 'formula'
    else 'other'
end;
