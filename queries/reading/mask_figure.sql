-- A refused date, number or amount as it may be shown: it is what a reader must see to mend it. What reads as an address or a
-- telephone number is masked, and so are more digits than an amount or a stamp has.
create or replace macro mask_figure(found) as
case
    when is_personal(found) or is_dialed(found) or (regexp_matches(found, '[0-9]{11}') and not regexp_full_match(found, '[12][0-9]{12}|(19|20)[0-9]{10,12}'))
        then mask(found)
    else left(found, 40)
end;
