-- What a form field says, or null where it says nothing: empty, or a placeholder a form puts in by itself.
create or replace macro stated(label) as
case
    when fold(label) not in (
        'n/a', 'na', 'none', 'null', 'unknown', 'notspecified', 'notsure', 'tbd', '?', '.', 'x', 'default', 'select', 'pleaseselect',
        'choose', 'other'
    ) then label
end;
