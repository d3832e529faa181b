-- Whether a field of a record holds a real value: not blank, not what a form shows where nobody chose, not a word for nothing.
create or replace macro is_filled(content) as
coalesce(
    not is_placeholder(content)
    and not is_unknown(content)
    and fold(content) not in ('na', 'nan', 'n.a.', 'n.a', 'x', '?', '.', '-', '/', '*', '#', '!')
    and content <> or_blank(null),
    false
);
