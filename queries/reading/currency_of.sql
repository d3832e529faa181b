-- The currency that a number names, as its three letters; null when it names none.
create or replace macro currency_of(label) as
case
    when regexp_matches(label, '\b[A-Z]{3}\b') then regexp_extract(label, '\b[A-Z]{3}\b')
    when contains(label, '€') then 'EUR'
    when contains(label, '£') then 'GBP'
    when contains(label, '¥') then 'JPY'
    when contains(label, '₹') then 'INR'
    when contains(label, '$') then 'USD'
end;
