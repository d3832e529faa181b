-- Benjamini-Hochberg q-values (1995) of one table of tests, in the order of the p-values given: the smallest share of
-- false flags at which a test would still be flagged. Equal p-values share the last rank among them; a null is no test.
create or replace macro false_discovery_q(p_values) as (
    select list(q order by place)
    from (
        select
            place,
            case
                when p is not null
                    then min(least(1.0, p * test_count / last_rank)) over (order by p desc nulls last)
            end as q
        from (
            select
                place,
                p,
                count(p) over () as test_count,
                count(p) over (order by p nulls last) as last_rank
            from (select unnest(p_values)::double as p, generate_subscripts(p_values, 1) as place) as tests
        ) as ranked
    ) as adjusted
);
