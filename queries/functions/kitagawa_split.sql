-- Kitagawa's split (1955) of a crude difference, second group minus first: `rate` is what the shares differ at the average
-- mix, `mix` what the mixes differ at the average share; they add up to the difference, and so do the terms per stratum.
-- Cells are structs {stratum, first_share, first_variance, first_count, second_share, second_variance, second_count}, all
-- known, one per stratum that both groups have. The standardised shares are those at the pooled mix.
-- Standard errors (_se) take the weights as given. is_reversed: like for like the second group lies on the other side of the
-- first than in the crude figures (Simpson).
create or replace macro kitagawa_split(cells) as (
    with
    strata as (
        select
            place,
            cell,
            cell['first_count'] + cell['second_count'] as pooled_count,
            cell['first_count'] / sum(cell['first_count']) over ()::double as first_weight,
            cell['second_count'] / sum(cell['second_count']) over ()::double as second_weight
        from (select unnest(cells) as cell, generate_subscripts(cells, 1) as place) as given
    ),
    terms as (
        select
            *,
            cell['first_variance'] + cell['second_variance'] as variance,
            (first_weight + second_weight) / 2 * (cell['second_share'] - cell['first_share']) as rate,
            (cell['first_share'] + cell['second_share']) / 2 * (second_weight - first_weight) as mix
        from strata
    ),
    sums as (
        select
            sum(first_weight * cell['first_share'] order by place) as first_crude,
            sum(second_weight * cell['second_share'] order by place) as second_crude,
            sum(rate order by place) as rate,
            sum(mix order by place) as mix,
            sqrt(sum(((first_weight + second_weight) / 2) ** 2 * variance order by place)) as rate_se,
            sqrt(sum(((second_weight - first_weight) / 2) ** 2 * variance order by place)) as mix_se,
            sqrt(sum(
                first_weight ** 2 * cell['first_variance'] + second_weight ** 2 * cell['second_variance'] order by place
            )) as difference_se,
            list(pooled_count order by place) as pooled_mix,
            list(cell['first_share'] order by place) as first_shares,
            list(cell['first_variance'] order by place) as first_variances,
            list(cell['second_share'] order by place) as second_shares,
            list(cell['second_variance'] order by place) as second_variances,
            list({
                'stratum': cell['stratum'],
                'first_weight': first_weight,
                'second_weight': second_weight,
                'rate': rate,
                'rate_se': (first_weight + second_weight) / 2 * sqrt(variance),
                'mix': mix,
                'mix_se': abs(second_weight - first_weight) / 2 * sqrt(variance)
            } order by place) as terms
        from terms
    )
    select
        {
            'first_crude': first_crude,
            'second_crude': second_crude,
            'difference': second_crude - first_crude,
            'difference_se': difference_se,
            'rate': rate,
            'rate_se': rate_se,
            'mix': mix,
            'mix_se': mix_se,
            'first_standardised': standardised_share(first_shares, pooled_mix),
            'first_standardised_se': standardised_se(first_variances, pooled_mix),
            'second_standardised': standardised_share(second_shares, pooled_mix),
            'second_standardised_se': standardised_se(second_variances, pooled_mix),
            'is_reversed': rate * (second_crude - first_crude) < 0,
            'terms': terms
        }
    from sums
);
