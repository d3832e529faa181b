-- An offset from UTC in one form: 'z', 'UTC' and 'GMT' are '+00', 'GMT+2' and '+0200' are '+02:00'. Blank stays blank.
create or replace macro offset_text(label) as
case
    when label = '' then ''
    when not regexp_matches(label, '\d') then '+00'
    else
        regexp_extract(label, '[+-]')
        || lpad(regexp_extract(label, '[+-](\d{1,2})', 1), 2, '0')
        || ':'
        || lpad(regexp_extract(label, '[+-]\d{1,2}:?(\d{2})$', 1), 2, '0')
end;
