-- Order-statistic rank for a quantile's interval: the largest rank r with P(Binomial(n, share) < r) <= tail, at least 0
-- (Conover 1999). The interval of the quantile runs from the r-th smallest to the (n + 1 - r')-th value,
-- r' being the rank for 1 - share. Rank 0 means that the sample is too small for the limit. Outcomes further than 12 standard
-- deviations (and 12) from the mean have together less than 10^-20 and are not counted: a million calls need no million terms.
create or replace macro binomial_rank(n, share, tail) as (
    select coalesce(max(successes + 1) filter (cumulative <= tail), 0)
    from (
        select
            successes,
            sum(
                exp(
                    lgamma(n + 1) - lgamma(successes + 1) - lgamma(n - successes + 1)
                    + successes * ln(share) + (n - successes) * ln(1 - share)
                )
            ) over (order by successes) as cumulative
        from (
            select
                unnest(
                    range(
                        greatest(0, floor(n * share - 12 * sqrt(n * share * (1 - share)) - 12)::bigint),
                        least(n, ceil(n * share + 12 * sqrt(n * share * (1 - share)) + 12)::bigint) + 1
                    )
                ) as successes
        ) as outcomes
    )
);
