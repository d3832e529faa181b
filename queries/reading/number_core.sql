-- The figures of a number with the marks between them, and a minus in front if it is negative. Currencies, a plus, and blanks or
-- apostrophes between groups of three figures are dropped; brackets and a minus behind are a minus, ',-' behind is none:
-- '(1 250,50) EUR' is '-1250,50', '1.200,-' is '1.200'.
create or replace macro number_core(label) as
ungrouped(
    regexp_replace(
        regexp_replace(
            regexp_replace(
                trim(without_currency(regexp_replace(without_currency(trim(label)), '^\(([^()]+)\)$', '-\1'))),
                '[.,] ?(?:--?|[–—])$',
                ''
            ),
            '^\+', ''
        ),
        '^(\d.*\d) ?-$', '-\1'
    )
);
