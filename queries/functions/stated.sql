-- What a form field says, or null where it says nothing: empty, or a placeholder a form puts in by itself.
create or replace macro stated(label) as
case
    when
        not is_placeholder(label)
        and not is_unknown(label)
        and fold(label) not in ('na', 'notsure', '?', '.', 'x', 'default', 'other')
        then label
end;
