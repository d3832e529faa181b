-- Kitagawa's split (1955) of a crude difference, second group minus first: `rate` is what the shares differ at the average
-- mix, `mix` what the mixes differ at the average share; they add up to the difference, and so do the terms per stratum.
-- Cells are structs {stratum, first_share, first_variance, first_units, first_count, second_share, ...}, all known, one per
-- stratum that both groups have: a share stands on its units, its count weighs it. The standardised shares are those at the
-- pooled mix.
-- Limits (_low, _high) at 95 % take the weights as given: gamma limits of every share at a mix (standardised_limits), MOVER of what
-- two of them differ. The mix effect is such a difference too: the average share of the strata of which the second group has
-- more, less that of the strata of which it has less, times the part of the leads that this moves.
-- is_reversed: like for like the second group lies on the other side of the first than in the crude figures (Simpson).
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
            (first_weight + second_weight) / 2 as average_weight,
            second_weight - first_weight as more_weight,
            {
                'share': cell['first_share'],
                'variance': cell['first_variance'],
                'units': cell['first_units']
            } as first_side,
            {
                'share': cell['second_share'],
                'variance': cell['second_variance'],
                'units': cell['second_units']
            } as second_side,
            {
                'share': (cell['first_share'] + cell['second_share']) / 2,
                'variance': (cell['first_variance'] + cell['second_variance']) / 4,
                'units': 2 * least(cell['first_units'], cell['second_units'])
            } as both_sides
        from strata
    ),
    -- Every share at a mix that is wanted: of all strata (stratum 0) and of each alone.
    weighed as (
        select
            place,
            unnest([
                {'part': 'first_crude', 'stratum': 0, 'side': first_side, 'weight': first_weight},
                {'part': 'second_crude', 'stratum': 0, 'side': second_side, 'weight': second_weight},
                {'part': 'first_average', 'stratum': 0, 'side': first_side, 'weight': average_weight},
                {'part': 'second_average', 'stratum': 0, 'side': second_side, 'weight': average_weight},
                {'part': 'first_pooled', 'stratum': 0, 'side': first_side, 'weight': pooled_count},
                {'part': 'second_pooled', 'stratum': 0, 'side': second_side, 'weight': pooled_count},
                {'part': 'more', 'stratum': 0, 'side': both_sides, 'weight': greatest(more_weight, 0)},
                {'part': 'less', 'stratum': 0, 'side': both_sides, 'weight': greatest(-more_weight, 0)},
                {'part': 'first', 'stratum': place, 'side': first_side, 'weight': 1},
                {'part': 'second', 'stratum': place, 'side': second_side, 'weight': 1},
                {'part': 'both', 'stratum': place, 'side': both_sides, 'weight': 1}
            ], recursive := true)
        from terms
    ),
    listed as (
        select
            part,
            stratum,
            list(share order by place) as shares,
            list(variance order by place) as variances,
            list(units order by place) as counts,
            list(weight order by place) as weights
        from weighed
        group by part, stratum
    ),
    limited as (
        select
            stratum,
            map_from_entries(list((part, {'share': share, 'low': limits['low'], 'high': limits['high']}))) as shares
        from (
            select
                part,
                stratum,
                standardised_share(shares, weights) as share,
                standardised_limits(shares, variances, counts, weights) as limits
            from listed
        ) as each_share
        group by stratum
    ),
    per_stratum as (
        select
            sum(rate order by place) as rate,
            sum(mix order by place) as mix,
            sum(greatest(more_weight, 0) order by place) as moved_share,
            list({
                'stratum': cell['stratum'],
                'first_weight': first_weight,
                'second_weight': second_weight,
                'difference_low': gap['low'],
                'difference_high': gap['high'],
                'rate': rate,
                'rate_low': average_weight * gap['low'],
                'rate_high': average_weight * gap['high'],
                'mix': mix,
                'mix_low': least(more_weight * shares['both']['low'], more_weight * shares['both']['high']),
                'mix_high': greatest(more_weight * shares['both']['low'], more_weight * shares['both']['high'])
            } order by place) as terms
        from (
            select
                terms.*,
                shares,
                average_weight * (cell['second_share'] - cell['first_share']) as rate,
                more_weight * both_sides['share'] as mix,
                mover_limits(shares['second'], shares['first']) as gap
            from terms
            inner join limited on terms.place = limited.stratum
        ) as stratum_terms
    ),
    -- Where both groups have one mix, the mixes make exactly nothing.
    gaps as (
        select
            *,
            mover_limits(shares['second_crude'], shares['first_crude']) as crude_gap,
            mover_limits(shares['second_average'], shares['first_average']) as rate_gap,
            case when moved_share > 0 then mover_limits(shares['more'], shares['less']) else {'low': 0, 'high': 0} end as mix_gap
        from per_stratum
        inner join limited on limited.stratum = 0
    )
    select
        {
            'first_crude': shares['first_crude']['share'],
            'second_crude': shares['second_crude']['share'],
            'difference': shares['second_crude']['share'] - shares['first_crude']['share'],
            'difference_low': crude_gap['low'],
            'difference_high': crude_gap['high'],
            'rate': rate,
            'rate_low': rate_gap['low'],
            'rate_high': rate_gap['high'],
            'mix': mix,
            'mix_low': moved_share * mix_gap['low'],
            'mix_high': moved_share * mix_gap['high'],
            'first_standardised': shares['first_pooled']['share'],
            'first_standardised_low': shares['first_pooled']['low'],
            'first_standardised_high': shares['first_pooled']['high'],
            'second_standardised': shares['second_pooled']['share'],
            'second_standardised_low': shares['second_pooled']['low'],
            'second_standardised_high': shares['second_pooled']['high'],
            'is_reversed': rate * (shares['second_crude']['share'] - shares['first_crude']['share']) < 0,
            'terms': terms
        }
    from gaps
);
