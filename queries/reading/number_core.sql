-- The figures of a number with the marks between them, and a minus in front if it is negative: currency signs and codes, a plus,
-- blanks or apostrophes before three figures are dropped; brackets and a minus behind are a minus. '(1 250,50) EUR' is '-1250,50'.
create or replace macro number_core(label) as
regexp_replace(
    regexp_replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    trim(label), '^([+-]?) *(?:US)?(?:[$€£¥₹]|\b[A-Z]{3}\b) *|(?: *(?:[$€£¥₹]|\b[A-Z]{3}\b))$', '\1', 'g'
                ),
                '^\(([^()]+)\)$', '-\1'
            ),
            '^\+', ''
        ),
        '[ \x{A0}\x{202F}\x{2009}''’](\d{3})', '\1', 'g'
    ),
    '^(\d[\d.,]*) ?-$', '-\1'
);
