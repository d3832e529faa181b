-- Does a telephone number stand for none? Whoever has none types one digit throughout, or 1234567890. country_code as for dialed.
-- Most numbers hold no such run, and are looked at once.
create or replace macro is_made_up(label, country_code) as
case
    when
        regexp_matches(
            label,
            '(0\D?){6}|(1\D?){6}|(2\D?){6}|(3\D?){6}|(4\D?){6}|(5\D?){6}|(6\D?){6}|(7\D?){6}|(8\D?){6}|(9\D?){6}'
            || '|3\D?4\D?5\D?6|6\D?5\D?4\D?3'
        )
        then
            coalesce(
                regexp_full_match(
                    regexp_replace(dialed(phone_text(label), country_code), '^' || coalesce(country_code, ''), ''),
                    '0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|0?123456(7(8(90?)?)?)?|9876543(2(10?)?)?'
                ),
                false
            )
    else false
end;
