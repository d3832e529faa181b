-- Wilson score limit of x in n (Wilson 1927; Newcombe 1998, method 3), without continuity correction.
-- x may be fractional (an Aalen-Johansen share times its potential). Null when n is 0; exact at x = 0 and x = n.
create or replace macro wilson_low(x, n, z) as
case
    when x is null then null
    when n > 0 and x = 0 then 0.0
    when n > 0
        then greatest(0.0, (
            x / n::double + z * z / (2 * n)
            - z * sqrt(greatest(0, (x / n::double) * (1 - x / n::double)) / n + z * z / (4.0 * n * n))
        ) / (1 + z * z / n))
end;
