-- A telephone number in an id, by the marks that people write it with: a plus, brackets, a stroke, groups. Digits alone, with
-- dashes between them or zeros before them, are an id.
create or replace macro phone_in_id_pattern() as
'\+[ (]?\d(?:[ ()./-]{0,2}\d){7,14}'
|| '|\b00[1-9]\d{0,2}[ ()/]\d(?:[ ()/-]{0,2}\d){5,13}'
|| '|\(0\d{1,5}\)[ -]?\d(?:[ /-]?\d){4,9}'
|| '|\b0\d{2,5} ?[/ ] ?\d(?:[ /-]?\d){4,9}'
|| '|\b0\d(?:[ .]\d{2}){4}\b'
|| '|(?:\b1[ .-])?(?:\(\d{3}\) ?|\b\d{3}[ .-])\d{3}[ .-]\d{4}\b'
|| '|\b\d{3,5}[ /]\d{3,5}[ /]\d{4,5}\b';
