-- A refused value as it may be shown: e-mail addresses and long digit runs (telephone numbers) are covered, the rest is cut.
-- What reads as a date or an amount is shown: it is what a reader must see to mend it.
create or replace macro mask(found) as
case
    when
        regexp_matches(
            found, '^\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T][0-9:.+Z-]*( ?[AaPp][.]?[Mm][.]?)?)?$|^-?\d{1,9}[.,]\d{1,4}$'
        )
        then found
    else left(cover(found), 40)
end;
