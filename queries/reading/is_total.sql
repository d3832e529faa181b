-- Whether a text in the place of a key names a sum over the rows above instead of a thing: 'Total', 'Grand total:', 'Summe'.
create or replace macro is_total(label) as
regexp_full_match(
    lower(label),
    '((grand|sub|sum|running)[ -]?)?totals?( rows| records| count)?[: ]*[0-9.,]*|sum|summe|gesamt(summe)?|insgesamt|total g[eé]n[eé]ral'
);
