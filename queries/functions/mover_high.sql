-- Upper limit of the difference first - second from the two one-sample limits (MOVER; with Wilson limits this is
-- Newcombe 1998, method 10). correlation is that of the two estimates, where they share units (Zou 2007).
create or replace macro mover_high(first_value, first_high, second_value, second_low, correlation := 0) as
(first_value - second_value) + sqrt(greatest(
    0,
    (first_high - first_value) ** 2 + (second_value - second_low) ** 2
    - 2 * correlation * (first_high - first_value) * (second_value - second_low)
));
