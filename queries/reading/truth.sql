-- A yes or no in the words of several languages and of tick boxes; what is neither stays as it is.
create or replace macro truth(label) as
case
    when fold(label) in ('true', 't', 'yes', 'y', '1', '1.0', 'on', 'oui', 'ja', 'j', 'si', 'sí', 'sim', 'wahr', 'vrai', 'x', '✓', '✔', '☑') then 'true'
    when fold(label) in ('false', 'f', 'no', 'n', '0', '0.0', 'off', 'non', 'nein', 'não', 'falsch', 'faux', '☐') then 'false'
    else label
end;
