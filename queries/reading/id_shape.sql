-- What happened to an id on its way: ok, or the trace that a spreadsheet or a number type left.
create or replace macro id_shape(label) as
case
    when regexp_full_match(label, '\d+\.0') then 'point_zero'
    when regexp_full_match(label, '\d([.,]\d+)?E\+\d{2,}') then 'exponent'
    when
        regexp_full_match(
            label, '(?i)\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2}'
        )
        then 'date'
    when regexp_full_match(label, '#+|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|ERROR)') then 'excel_error'
    when starts_with(label, '=') then 'formula'
    when ends_with(label, '(no number)') then 'no_number'
    else 'ok'
end;
