-- May two spellings be one person? Alike but for what name_key drops; or one is the other with its first name cut to a letter
-- ('J. Smith', 'John Smith'); or, of names without a figure that begin alike, one letter in six is another, at most two. Figures
-- tell ids apart.
create or replace macro is_near_name(one, other) as
coalesce(name_key(one) = name_key(other), false)
or coalesce(name_key(one) = name_key(left(trim(other), 1) || regexp_extract(split_part(other, '@', 1), '[^\s_.]+$')), false)
or coalesce(name_key(other) = name_key(left(trim(one), 1) || regexp_extract(split_part(one, '@', 1), '[^\s_.]+$')), false)
or coalesce(
    not regexp_matches(name_key(one) || name_key(other), '\d')
    and left(name_key(one), 1) = left(name_key(other), 1)
    and damerau_levenshtein(name_key(one), name_key(other))
    <= least(length(name_key(one)) // 6, length(name_key(other)) // 6, 2),
    false
);
