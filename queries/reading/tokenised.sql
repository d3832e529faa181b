-- Text with keyed tokens in the place of e-mail addresses, and of what phones (a pattern) finds: the same address or number has the
-- same token wherever it stands, whatever its case and the marks between its digits.
create or replace macro tokenised(label, phones) as
list_reduce(
    regexp_extract_all(
        list_reduce(
            regexp_extract_all(label, email_pattern()),
            lambda text, part: replace(text, part, 'email-' || left(keyed_hash(lower(part)), 16)),
            label
        ),
        phones
    ),
    lambda text, part: replace(
        text, part, 'phone-' || left(keyed_hash(regexp_replace(regexp_replace(part, '[^0-9]', '', 'g'), '^00', '')), 16)
    ),
    list_reduce(
        regexp_extract_all(label, email_pattern()),
        lambda text, part: replace(text, part, 'email-' || left(keyed_hash(lower(part)), 16)),
        label
    )
);
