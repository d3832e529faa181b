-- Fleiss' kappa of any number of scorers a unit, with the standard error of Gwet (2008): units is a list of lists, one a unit,
-- of how many scorers chose each code. Units with fewer than two scores say nothing and are left out; the number of scores may
-- differ. Gives unit_count, observed and expected agreement, kappa, se and pabak; kappa and se are null where only one code
-- was ever chosen, and se where there is one unit.
-- Units scored alike are counted once and weighed: a row a unit, each carrying the whole list, takes time by the square.
create or replace macro kappa_fleiss(units) as (
    with
    patterns as (
        select
            pattern['key'] as code_counts,
            list_sum(pattern['key']) as score_count,
            pattern['value']::bigint as weight
        from (select unnest(map_entries(list_aggregate(units::double[][], 'histogram'))) as pattern) as listed
        where list_sum(pattern['key']) >= 2
    ),
    agreeing as (
        select
            weight,
            list_transform(code_counts, lambda n: n / score_count) as shares,
            list_sum(list_transform(code_counts, lambda n: n * (n - 1))) / (score_count * (score_count - 1)) as agreement
        from patterns
    ),
    -- Sums are taken in the order of the values: the same figure, bit for bit, every time.
    code_shares as (
        select
            place,
            sum(weight * shares[place] order by shares[place], weight) / sum(weight) as share
        from agreeing
        cross join (select unnest(range(1, 1 + (select max(len(shares)) from agreeing))) as place) as places
        group by place
    ),
    totals as (
        select
            (select sum(weight)::bigint from agreeing) as unit_count,
            (select sum(weight * agreement order by agreement, weight) / sum(weight) from agreeing) as observed,
            sum(share ** 2 order by share) as expected,
            count(*) filter (where share > 0) as code_count,
            list(share order by place) as chance
        from code_shares
    ),
    kappas as (
        select
            *,
            case when expected < 1 - 1e-12 then (observed - expected) / (1 - expected) end as kappa
        from totals
    ),
    -- What each unit adds to kappa, its share in the chance agreement taken into account.
    influences as (
        select
            agreeing.weight,
            (agreeing.agreement - kappas.expected) / (1 - kappas.expected)
            - 2 * (1 - kappas.kappa) * (list_inner_product(kappas.chance, agreeing.shares) - kappas.expected) / (1 - kappas.expected)
            - kappas.kappa as influence
        from agreeing
        cross join kappas
    )
    select
        {
            'unit_count': any_value(unit_count)::bigint,
            'observed': any_value(observed),
            'expected': any_value(expected),
            'kappa': any_value(kappa),
            'se': any_value(case
                when unit_count > 1
                    then sqrt(
                        (select sum(weight * influence ** 2 order by influence, weight) from influences) / (unit_count * (unit_count - 1))
                    )
            end),
            'pabak': any_value(case when code_count > 1 then (code_count * observed - 1) / (code_count - 1) end)
        }
    from kappas
);
