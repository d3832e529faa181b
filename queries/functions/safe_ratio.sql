-- A share or a ratio; unknown (null) where there is nothing to divide by, never 0 and never infinite.
create or replace macro safe_ratio(part, whole) as
part::double / nullif(whole, 0)::double;
