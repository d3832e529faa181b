-- Whether a value stands for none: is_unset, or what people type to get past a required field: test, dummy, xxx, asdf, 000, ???.
create or replace macro is_placeholder(label) as
coalesce(
    is_unset(label)
    or regexp_full_match(word_key(label), 'test(test|ing)?|dummy|foo|foobar|x{2,}|z{3,}|asdf+(asdf)*|qwert[yz](uiop)?|lorem(ipsum)?|0+')
    or regexp_full_match(label, '[^\p{L}\p{N}\p{S}\s]{2,}'),
    false
);
