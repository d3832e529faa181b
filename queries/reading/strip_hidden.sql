-- Text without characters that nobody sees: controls, soft hyphens, zero-width marks, marks that turn the direction of writing,
-- fillers, tags. Joiners and variation selectors stay where a script or an emoji needs them: not beside a Latin letter, a figure
-- or an ASCII mark, nor at an end; a figure keeps the selector of its keycap.
create or replace macro strip_hidden(label) as
regexp_replace(
    regexp_replace(
        regexp_replace(
            regexp_replace(
                label,
                '[\x{0}-\x{8}\x{E}-\x{1F}\x{7F}-\x{84}\x{86}-\x{9F}\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}'
                || '\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}\x{3164}\x{FEFF}\x{FFA0}\x{FFF0}-\x{FFFB}\x{E0000}-\x{E001F}]',
                '', 'g'
            ),
            '([0-9#*])[\x{FE00}-\x{FE0F}]+([^\x{20E3}]|$)', '\1\2', 'g'
        ),
        '(^|[\x{20}-\x{7E}\p{Latin}])[\x{200C}\x{200D}\x{E0020}-\x{E007F}]+|(^|[A-Za-z\p{Latin}])[\x{FE00}-\x{FE0F}]+', '\1\2', 'g'
    ),
    '[\x{200C}\x{200D}]+([\x{20}-\x{7E}\p{Latin}]|$)', '\1', 'g'
);
