-- Lower limit of the difference first - second from the two one-sample limits (MOVER; with Wilson limits this is
-- Newcombe 1998, method 10).
create or replace macro mover_low(first_value, first_low, second_value, second_high) as
(first_value - second_value) - sqrt((first_value - first_low) ** 2 + (second_high - second_value) ** 2);
