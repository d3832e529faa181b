-- clustered_n of a share of events in clusters of several: the squared deviations x - pn of the clusters, from sums of whole numbers,
-- which have no order. hit_squares: sum of x * x; products: of x * n; unit_squares: of n * n.
create or replace macro clustered_share_n(share, hit_squares, products, unit_squares, n, cluster_count) as
clustered_n(
    share,
    safe_ratio(
        (hit_squares - 2 * share * products + share ** 2 * unit_squares) * cluster_count,
        (cluster_count - 1) * n ** 2
    ),
    n,
    cluster_count
);
