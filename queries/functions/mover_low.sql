-- Lower limit of the difference first - second from the two one-sample limits (MOVER; with Wilson limits this is
-- Newcombe 1998, method 10). correlation is that of the two estimates, where they share units (Zou 2007).
create or replace macro mover_low(first_value, first_low, second_value, second_high, correlation := 0) as
(first_value - second_value) - sqrt(greatest(
    0,
    (first_value - first_low) ** 2 + (second_high - second_value) ** 2
    - 2 * correlation * (first_value - first_low) * (second_high - second_value)
));
