-- The ways in which one system may write a key of another: a key that differs in one of them only is the same key, damaged
-- on its way.
create or replace macro key_forms(given_key) as [
    {'mend': 'leading zeros', 'form': nullif(ltrim(given_key, '0'), '')},
    {'mend': 'decimal zero', 'form': regexp_replace(given_key, '\.0+$', '')},
    {'mend': 'letter case', 'form': lower(given_key)},
    {'mend': 'blanks', 'form': regexp_replace(given_key, '\s+', '', 'g')},
    {'mend': 'salesforce id', 'form': case when length(given_key) in (15, 18) then left(given_key, 15) end},
];
