-- Text as it is compared and shown: without hidden characters, in one Unicode form ('José' is one name, however its é was typed),
-- every kind of blank a plain one, and none at the ends. Null when nothing is left.
create or replace macro clean(label) as
nullif(
    trim(
        regexp_replace(
            nfc_normalize(strip_hidden(label)),
            '\r\n|[\x{9}-\x{D}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]',
            ' ', 'g'
        )
    ),
    ''
);
