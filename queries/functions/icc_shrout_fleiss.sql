-- The six intraclass correlations of Shrout and Fleiss (1979) from a complete table: scores is a list of targets, each a list
-- of its scores in the order of the judges. Gives the mean squares (between targets, judges, residual, within), the six
-- correlations, and se of a single score: Fisher's for icc11, 2 (1 - r)^2 (1 + (k - 1) r)^2 / (k (k - 1) (n - 1)), used for
-- icc21 too. Null with fewer than two targets or judges.
create or replace macro icc_shrout_fleiss(scores) as (
    with
    sizes as (
        select
            len(scores)::double as target_count,
            len(scores[1])::double as judge_count,
            list_avg(flatten(scores)) as grand_mean
    ),
    sums as (
        select
            *,
            list_sum(list_transform(flatten(scores), lambda x: (x - grand_mean) ** 2)) as all_squares,
            judge_count * list_sum(list_transform(scores, lambda x: (list_avg(x) - grand_mean) ** 2)) as target_squares,
            target_count * list_sum(list_transform(
                range(1, 1 + judge_count::bigint),
                lambda j: (list_avg(list_transform(scores, lambda x: x[j])) - grand_mean) ** 2
            )) as judge_squares
        from sizes
    ),
    mean_squares as (
        select
            target_count as n,
            judge_count as k,
            target_squares / nullif(target_count - 1, 0) as bms,
            judge_squares / nullif(judge_count - 1, 0) as jms,
            (all_squares - target_squares - judge_squares) / nullif((target_count - 1) * (judge_count - 1), 0) as ems,
            (all_squares - target_squares) / nullif(target_count * (judge_count - 1), 0) as wms
        from sums
    ),
    correlations as (
        select
            *,
            (bms - wms) / nullif(bms + (k - 1) * wms, 0) as icc11,
            (bms - ems) / nullif(bms + (k - 1) * ems + k * (jms - ems) / n, 0) as icc21,
            (bms - ems) / nullif(bms + (k - 1) * ems, 0) as icc31,
            (bms - wms) / nullif(bms, 0) as icc1k,
            (bms - ems) / nullif(bms + (jms - ems) / n, 0) as icc2k,
            (bms - ems) / nullif(bms, 0) as icc3k
        from mean_squares
    )
    select
        {
            'bms': bms,
            'jms': jms,
            'ems': ems,
            'wms': wms,
            'icc11': icc11,
            'icc21': icc21,
            'icc31': icc31,
            'icc1k': icc1k,
            'icc2k': icc2k,
            'icc3k': icc3k,
            'se11': sqrt(2 / (k * (k - 1) * (n - 1))) * (1 - icc11) * (1 + (k - 1) * icc11),
            'se21': sqrt(2 / (k * (k - 1) * (n - 1))) * (1 - icc21) * (1 + (k - 1) * icc21)
        }
    from correlations
);
