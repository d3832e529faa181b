-- A refused value as it may be shown: e-mail addresses and long digit runs (telephone numbers) are covered, the rest is cut.
-- What reads as a date, an amount or a power of ten is shown: it is what a reader must see to mend it.
create or replace macro mask(found) as
case
    when
        regexp_matches(
            found,
            '^\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{1,4}([ T][0-9:.+Z-]*( ?[AaPp][.]?[Mm][.]?)?( ?[(]?[A-Za-z]{2,5}[)]?)?)?$'
            || '|^-?\d{1,9}[.,]\d{1,4}$|^-?\d([.,]\d+)?[Ee][+]?\d{1,3}$'
        )
        then found
    else left(cover(found), 40)
end;
