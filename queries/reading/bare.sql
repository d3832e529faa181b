-- A value of a typed column without tabs, line ends and invisible marks, in plain digits and signs: '１２３' is '123'.
create or replace macro bare(label) as
nullif(
    trim(
        translate(
            regexp_replace(label, '[\t\r\n\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]', '', 'g'),
            '０１２３４５６７８９．，－−＋：／', '0123456789.,--+:/'
        )
    ),
    ''
);
