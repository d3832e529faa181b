-- Standard deviation (n - 1) over the mean. Nulls are left out; null for fewer than two amounts or a mean of 0.
create or replace macro coefficient_of_variation(amounts) as (
    select stddev_samp(amount order by amount) / nullif(avg(amount order by amount), 0)
    from (select unnest(amounts)::double as amount) as given
);
