-- Quartile coefficient of dispersion (Q3 - Q1)/(Q3 + Q1) with type-7 quantiles (DuckDB quantile_cont, R's default);
-- textbook examples use type 6 and come to another value. Nulls are left out.
create or replace macro quartile_dispersion(amounts) as (
    select
        (quantile_cont(amount, .75) - quantile_cont(amount, .25))
        / nullif(quantile_cont(amount, .75) + quantile_cont(amount, .25), 0)
    from (select unnest(amounts)::double as amount) as given
);
