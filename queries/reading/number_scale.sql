-- What the word behind an amount multiplies it by: K, Tsd and TEUR by a thousand, M, Mio and mn by a million, bn and Mrd by a
-- thousand million; 1 where no such word stands.
create or replace macro number_scale(label) as
case
    when not regexp_matches(label, scale_pattern()) then 1
    when regexp_extract(label, scale_pattern(), 4) <> '' then 1000
    when starts_with(lower(regexp_extract(label, scale_pattern(), 2)), 'mrd') then 1000000000
    else
        case lower(left(regexp_extract(label, scale_pattern(), 2), 1)) when 'm' then 1000000 when 'b' then 1000000000 else 1000 end
end;
