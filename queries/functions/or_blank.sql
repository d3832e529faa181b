-- What is shown of a dimension: the value, or the label of what no row says. No file can write that label: there it is a blank.
create or replace macro or_blank(label) as
coalesce(label, '(blank)');
