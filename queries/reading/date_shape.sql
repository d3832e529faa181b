-- How a date is written. Whether it exists (31 April) is not asked here.
-- iso_utc, iso_offset, iso_local (no offset) and iso_day are ISO 8601; day_month and short_year leave the order open.
create or replace macro date_shape(label) as
case
    when starts_with(label, '1900-01-00') then 'day_zero'
    when
        regexp_full_match(label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)? ?(Z|z|UTC|GMT|[+-]00(:?00)?)')
        then 'iso_utc'
    when
        regexp_full_match(label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)? ?[+-]\d{2}(:?\d{2})?')
        then 'iso_offset'
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?') then 'iso_local'
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}') then 'iso_day'
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)? ?[A-Za-z]{2,5}') then 'zone_name'
    when regexp_full_match(label, '\d{4}[/.-]\d{1,2}[/.-]\d{1,2}([T ,]+\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?') then 'year_first'
    when regexp_full_match(label, '\d{1,2}[/.-]\d{1,2}[/.-]\d{4}([T ,]+\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?') then 'day_month'
    when regexp_full_match(label, '\d{1,2}[/.-]\d{1,2}[/.-]\d{2}([T ,]+\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?') then 'short_year'
    when
        regexp_full_match(label, '\d{1,2}[ -][A-Za-z]{3,9}[., -]+\d{4}([T ,]+\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?')
        then 'day_name'
    when
        regexp_full_match(label, '[A-Za-z]{3,9}\.? \d{1,2},? \d{4}([T ,]+\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?')
        then 'name_day'
    when regexp_full_match(label, '[1-4]\d{9}(\.\d+)?') then 'epoch_seconds'
    when regexp_full_match(label, '[1-4]\d{12}(\.\d+)?') then 'epoch_milliseconds'
    when regexp_full_match(label, '[2-7]\d{4}(\.\d+)?') then 'serial'
    when regexp_full_match(label, '(19|20)\d{6}(T?\d{4}(\d{2})?Z?)?') then 'compact'
    when regexp_full_match(label, '#+|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|ERROR)') then 'excel_error'
    when starts_with(label, '=') then 'formula'
    else 'other'
end;
