-- Gini coefficient corrected for the size of the sample, n/(n - 1) times the biased one: 1 when one amount is everything.
create or replace macro gini_unbiased(amounts) as
gini_biased(amounts) * list_count(amounts) / nullif(list_count(amounts) - 1, 0);
