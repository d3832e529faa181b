-- Gini coefficient of amounts as R's ineq prints it by default (not corrected for the size of the sample): 0 when all are
-- alike, at most (n - 1)/n. Nulls are left out; null where nothing is to be divided. One very large amount drives it.
create or replace macro gini_biased(amounts) as (
    select sum((2 * place - amount_count - 1) * amount order by place) / nullif(any_value(amount_count) * sum(amount order by place), 0)
    from (
        select
            amount,
            row_number() over (order by amount) as place,
            count(*) over () as amount_count
        from (select unnest(amounts)::double as amount) as given
        where amount is not null
    ) as ordered_amounts
);
