-- A number as whole parts of 2^-44: sums of these are exact, so they do not hang on the order of the rows.
create or replace macro fixed(number) as
round(number * 17592186044416)::hugeint;
