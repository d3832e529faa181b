-- How a date is written. Whether it exists (31 April) is not asked here.
-- iso_utc, iso_offset, iso_local (no offset) and iso_day are ISO 8601 as the rules read it, iso_spelt is an ISO day whose time is
-- written in another way; zone_name ends in the name of a zone.
create or replace macro date_shape(label) as
case
    when starts_with(label, '1900-01-00') then 'day_zero'
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z| UTC| GMT|[+-]00(:?00)?)')
        then 'iso_utc'
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?[+-]\d{2}(:?\d{2})?')
        then 'iso_offset'
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}[T ]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?') then 'iso_local'
    when regexp_full_match(label, '\d{4}-\d{2}-\d{2}') then 'iso_day'
    else
        coalesce(
            day_shape(day_text(label)),
            case
                when
                    regexp_matches(regexp_replace(label, ' ?\(?[A-Za-z]{2,5}\)?$', ''), time_pattern())
                    and day_shape(day_text(regexp_replace(label, ' ?\(?[A-Za-z]{2,5}\)?$', ''))) is not null
                    then 'zone_name'
                when regexp_full_match(label, '[1-4]\d{9}(\.\d+)?') then 'epoch_seconds'
                when regexp_full_match(label, '[1-4]\d{12}(\.\d+)?') then 'epoch_milliseconds'
                when regexp_full_match(label, '[2-7]\d{4}(\.\d+)?') then 'serial'
                when regexp_full_match(label, '(19|20)\d{6}T?\d{4}(\d{2})?(Z|[+-]\d{2}:?\d{2})?') then 'compact'
                when regexp_full_match(label, '#+|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|ERROR)') then 'excel_error'
                when starts_with(label, '=') then 'formula'
                else 'other'
            end
        )
end;
