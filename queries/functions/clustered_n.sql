-- How many independent units a clustered sample of n is worth (n / design effect): the n at which the binomial variance of
-- `share` is as large as the variance found between clusters. Never more than n. Where nobody or everybody has the feature
-- the clusters show no variance: then each cluster counts once. One cluster tells nothing of the others: null.
create or replace macro clustered_n(share, cluster_variance, n, cluster_count) as
case
    when cluster_count < 2 then null
    when share > 0 and share < 1 and cluster_variance > 0 then least(n, share * (1 - share) / cluster_variance)
    when share = 0 or share = 1 then cluster_count
    else n
end::double;
