-- Does a text in the place of an amount look like a telephone number? Ten to fifteen figures behind a plus or a zero, or in groups
-- that are not those of thousands.
create or replace macro is_dialed(label) as
case
    when regexp_full_match(label, '[+(]?\d[\d ()/.-]*\d') and length(digits_of(label)) between 10 and 15
        then
            regexp_matches(label, '^\+|^\(?0\d|\(|[/-].*[ ./-]|[ .].*[/-]')
            or (regexp_matches(label, '[ .]') and number_shape(number_core(label)) = 'other')
    else false
end;
