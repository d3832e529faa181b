-- Two-sided p-value of a standard normal z: erfc(|z| / sqrt 2), which DuckDB lacks, by the Chebyshev fit of Press et al.
-- (Numerical Recipes, erfcc), within 1.2e-7 of the true value relative to it, however small that is.
create or replace macro two_sided_p(z) as (
    select
        t * exp(
            -x * x - 1.26551223 + t * (
                1.00002368 + t * (
                    0.37409196 + t * (
                        0.09678418 + t * (
                            -0.18628806 + t * (
                                0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))
                            )
                        )
                    )
                )
            )
        )
    from (
        select
            abs(z) / sqrt(2) as x,
            1 / (1 + abs(z) / sqrt(8)) as t
    ) as scaled
);
