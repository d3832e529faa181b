-- Upper limit of the difference first - second from the two one-sample limits (MOVER; with Wilson limits this is
-- Newcombe 1998, method 10).
create or replace macro mover_high(first_value, first_high, second_value, second_low) as
(first_value - second_value) + sqrt((first_high - first_value) ** 2 + (second_value - second_low) ** 2);
