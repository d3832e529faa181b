-- By what two spellings of a category are one: case, blanks, dashes, underscores and Unicode form do not count, but between two
-- figures a mark does: '1-150' is not '11-50'. An id of 15 or 18 letters and figures is one by its case as well.
create or replace macro category_key(label) as
case
    when regexp_full_match(label, '[0-9][0-9A-Za-z]{14}([0-9A-Za-z]{3})?') then label
    else replace(
        regexp_replace(
            regexp_replace(
                regexp_replace(trim(lower(replace(nfc_normalize(label), 'İ', 'ı'))), '[\s_\-\x{2010}-\x{2015}\x{2212}]+', ' ', 'g'),
                '([0-9]) ([0-9])', '\1-\2', 'g'
            ),
            '([0-9]) ([0-9])', '\1-\2', 'g'
        ),
        ' ', ''
    )
end;
