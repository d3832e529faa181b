-- Cohen's kappa of two scorers with its asymptotic standard error (Fleiss, Cohen and Everitt 1969), from the cells of their
-- table: a list of {'first_code', 'second_code', 'cell_count'}. weighting is 'none', or 'quadratic' where the codes are numbers:
-- then near misses count in part. Gives unit_count, observed and expected agreement, kappa, se and pabak (what kappa would be if
-- all codes were equally frequent). kappa and se are null where chance alone agrees always (one code only).
create or replace macro kappa_cohen(cells, weighting) as (
    with
    given as (
        select
            cell['first_code']::varchar as first_code,
            cell['second_code']::varchar as second_code,
            cell['cell_count']::double as cell_count
        from (select unnest(cells) as cell) as listed
    ),
    totals as (
        select sum(cell_count) as unit_count
        from given
    ),
    codes as (
        select
            code,
            case when weighting = 'quadratic' then code::double end as place
        from (select distinct unnest([first_code, second_code]) as code from given) as used_codes
    ),
    margins as (
        select
            codes.code,
            codes.place,
            coalesce(sum(given.cell_count) filter (where given.first_code = codes.code), 0) / any_value(totals.unit_count) as first_share,
            coalesce(sum(given.cell_count) filter (where given.second_code = codes.code), 0) / any_value(totals.unit_count) as second_share
        from codes
        cross join given
        cross join totals
        group by codes.code, codes.place
    ),
    spread as (
        select
            count(*) as code_count,
            max(place) - min(place) as widest
        from margins
    ),
    -- Every pair of codes, also those that no unit has: how much agreement it counts, and how frequent it is.
    pairs as (
        select
            rows_of.code as first_code,
            columns_of.code as second_code,
            rows_of.first_share,
            columns_of.second_share,
            case
                when rows_of.code = columns_of.code then 1.0
                when weighting = 'quadratic' then 1.0 - ((rows_of.place - columns_of.place) / spread.widest) ** 2
                else 0.0
            end as weight,
            coalesce(given.cell_count, 0) / totals.unit_count as share
        from margins as rows_of
        cross join margins as columns_of
        cross join spread
        cross join totals
        left join (select first_code, second_code, sum(cell_count) as cell_count from given group by all) as given
            on rows_of.code = given.first_code and columns_of.code = given.second_code
    ),
    weighed as (
        select
            *,
            sum(second_share * weight) over (
                partition by first_code order by second_code rows between unbounded preceding and unbounded following
            ) as row_weight,
            sum(first_share * weight) over (
                partition by second_code order by first_code rows between unbounded preceding and unbounded following
            ) as column_weight
        from pairs
    ),
    -- Sums of shares are taken in the order of the codes: the same figure, bit for bit, every time.
    agreement as (
        select
            sum(weight * share order by first_code, second_code) as observed,
            sum(share order by first_code) filter (where first_code = second_code) as agreed_share,
            sum(weight * first_share * second_share order by first_code, second_code) as expected
        from weighed
    ),
    kappas as (
        select
            *,
            case when expected < 1 - 1e-12 then (observed - expected) / (1 - expected) end as kappa
        from agreement
    )
    select
        {
            'unit_count': any_value(totals.unit_count)::bigint,
            'observed': any_value(kappas.observed),
            'expected': any_value(kappas.expected),
            'kappa': any_value(kappas.kappa),
            'se': case
                when any_value(kappas.kappa) is not null
                    then sqrt(greatest(
                        0,
                        sum(
                            weighed.share * (weighed.weight - (weighed.row_weight + weighed.column_weight) * (1 - kappas.kappa)) ** 2
                            order by weighed.first_code, weighed.second_code
                        )
                        - any_value((kappas.kappa - kappas.expected * (1 - kappas.kappa)) ** 2)
                    ) / any_value(totals.unit_count * (1 - kappas.expected) ** 2))
            end,
            'pabak': case
                when any_value(spread.code_count) > 1
                    then (any_value(spread.code_count) * any_value(kappas.agreed_share) - 1)
                        / (any_value(spread.code_count) - 1)
            end
        }
    from weighed
    cross join kappas
    cross join totals
    cross join spread
);
