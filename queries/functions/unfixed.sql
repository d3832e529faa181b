-- The number that so many parts of 2^-44 make.
create or replace macro unfixed(parts) as
(parts)::double / 17592186044416;
