-- Two-sided p-value of a standard normal z: Abramowitz and Stegun 1964, 7.1.26, an error of at most 1.5e-7. DuckDB has no
-- error function; for what a table screens (false_discovery_q at one in ten) seven digits are enough.
create or replace macro normal_p(z) as
(
    0.254829592 / (1 + 0.3275911 * abs(z) / sqrt(2))
    - 0.284496736 / (1 + 0.3275911 * abs(z) / sqrt(2)) ** 2
    + 1.421413741 / (1 + 0.3275911 * abs(z) / sqrt(2)) ** 3
    - 1.453152027 / (1 + 0.3275911 * abs(z) / sqrt(2)) ** 4
    + 1.061405429 / (1 + 0.3275911 * abs(z) / sqrt(2)) ** 5
) * exp(-(z ** 2) / 2);
