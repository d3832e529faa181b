-- A number without the blanks or apostrophes between its groups of three figures; other blanks stay, and make it none.
create or replace macro ungrouped(label) as
case
    when regexp_full_match(label, '-?\d{1,3}(?:[ \x{A0}\x{202F}\x{2009}''’]\d{3})+(?:[.,]\d*)?')
        then regexp_replace(label, '[ \x{A0}\x{202F}\x{2009}''’]', '', 'g')
    else label
end;
