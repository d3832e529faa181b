-- Whether a number is one that is typed where none is known: zeros, one digit again and again, the digits in order.
create or replace macro is_digit_run(label) as
coalesce(
    regexp_full_match(
        label,
        '0+|1{5,}|2{5,}|3{5,}|4{5,}|5{5,}|6{5,}|7{5,}|8{5,}|9{5,}|0?123456(7(8(90?)?)?)?|9?876543(21?0?)?'
    ),
    false
);
