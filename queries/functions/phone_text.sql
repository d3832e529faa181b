-- A telephone number without what is put around it: the scheme of a link (tel:), an extension (x12, ext. 12, ;ext=12, #12), and
-- the .0 that a number type leaves.
create or replace macro phone_text(label) as
case
    when regexp_matches(label, '[A-Za-z#,]|\.0$')
        then
            regexp_replace(
                regexp_replace(
                    regexp_replace(trim(label), '(?i)^(?:tel|callto|sms|whatsapp):(?://)?', ''),
                    '(?i)[ ,;(]*(?:extension|ext|durchwahl|poste|x|#|,)[ .:=]*\d{1,7}[)#]?$', ''
                ),
                '\.0$', ''
            )
    else trim(label)
end;
