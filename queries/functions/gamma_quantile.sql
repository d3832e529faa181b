-- Quantile of the gamma distribution of scale 1, which DuckDB lacks; half of a chi-square quantile with 2 shape degrees of
-- freedom. Newton's steps for the logarithm of a tail over ln x, of which that is concave, so that they cannot stray;
-- they start from Wilson and Hilferty (1931) or, for small shapes, from the first term of the series.
-- Within 1e-9 of scipy.stats.gamma.ppf for shapes from .05 to 1e6. (noqa: sqlfluff cannot read a lambda of two parameters.)
create or replace macro gamma_quantile(probability, shape) as (
    select
        exp(
            list_reduce( -- noqa: LT01
                range(9), -- noqa: PRS
                lambda log_x, step:
                log_x + side * gamma_tail(log_x, a, side, scale) * (
                    ln(gamma_tail(log_x, a, side, scale)) + a * log_x - exp(log_x) - lgamma(a) - ln(tail)
                ),
                started
            )
        )
    from (
        select
            a,
            side,
            case when side < 0 then p else 1 - p end as tail,
            1 / case when side < 0 and a < 1 then a else sqrt(greatest(a, 1)) end as scale,
            ln(greatest(
                a * greatest(0, 1 - 1 / (9 * a) + (p ** 0.135 - (1 - p) ** 0.135) / (0.5925 * sqrt(a))) ** 3,
                exp((ln(p) + lgamma(a + 1)) / a)
            )) as started
        from (
            select
                nullif(shape, 0)::double as a,
                probability::double as p,
                case when probability > 0.9 then 1 else -1 end as side
        ) as given
    ) as begun
);
