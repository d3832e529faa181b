-- Inverts a curve: the smallest age at which the share has come to q; null where it is not reached. An aggregate over the ages
-- of one curve. Half may be a sum of fractions that misses .5 by its last bit, so q counts as reached within 1e-12.
-- The interval of a quantile is where the pointwise band crosses q: the same of the upper and of the lower limit.
create or replace macro quantile_age(age_days, share, q) as
min(age_days) filter (where share >= q - 1e-12);
