-- Both limits of the difference first - second, as a struct {low, high}, from two structs {share, low, high} (mover_low, mover_high).
create or replace macro mover_limits(first_side, second_side) as
{
    'low': mover_low(first_side['share'], first_side['low'], second_side['share'], second_side['high']),
    'high': mover_high(first_side['share'], first_side['high'], second_side['share'], second_side['low'])
};
