-- May two values of a category be one that was mistyped? They begin alike, hold no figure, and of six letters one is another, at most
-- two. Where only a short word differs ('Segment A', 'Segment B') they are two.
create or replace macro is_near_spelling(one, other) as
not regexp_matches(one || other, '[0-9]')
and left(category_key(one), 1) = left(category_key(other), 1)
and damerau_levenshtein(category_key(one), category_key(other))
<= least(greatest(length(category_key(one)), length(category_key(other))) // 6, 2)
and not (
    len(string_split_regex(one, '[\s_-]+')) = len(string_split_regex(other, '[\s_-]+'))
    and list_bool_and(
        list_transform(
            list_zip(string_split_regex(lower(one), '[\s_-]+'), string_split_regex(lower(other), '[\s_-]+')),
            lambda pair: pair[1] = pair[2] or greatest(length(pair[1]), length(pair[2])) < 4
        )
    )
);
