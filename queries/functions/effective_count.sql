-- How many independent units a share with this variance is worth, for Wilson limits of clustered or averaged data:
-- share(1 - share)/variance. n itself where the variance says nothing (0, or a share of 0 or 1).
create or replace macro effective_count(n, share, variance) as
coalesce(nullif(share * (1 - share), 0) / nullif(variance, 0), n);
