-- The tail of a gamma distribution of this shape beyond exp(log_x), the upper one (side 1) or the lower one (side -1), over
-- x times its density at x: the integral of exp(shape side s - x (exp(side s) - 1)) over s from 0 on, by the double-exponential
-- rule of Takahasi and Mori (1974), 73 nodes. scale is the length over which the integrand dies out.
create or replace macro gamma_tail(log_x, shape, side, scale) as
scale * list_sum(
    list_transform(
        list_transform(range(-35, 38), lambda k: {'s': exp(k / 10 - exp(-k / 10)), 'weight': 0.1 * (1 + exp(-k / 10))}),
        lambda node:
        node['weight'] * node['s']
        * exp(shape * side * scale * node['s'] - exp(log_x) * (exp(side * scale * node['s']) - 1))
    )
);
