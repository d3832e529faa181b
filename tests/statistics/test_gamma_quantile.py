"""The quantile of the gamma distribution in SQL, which has no incomplete gamma function."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, gamma

from tests.statistics.units import stage

SHAPES = [*np.geomspace(0.05, 1e6, 150).tolist(), 0.5, 1.0, 2.0]


def quantiles(probability, shapes):
    rows = stage().execute(
        "select gamma_quantile($p, shape) from (select unnest($shapes::double[]) as shape)",
        {"p": probability, "shapes": shapes},
    )
    return [row[0] for row in rows.fetchall()]


@pytest.mark.parametrize("probability", [0.0005, 0.005, 0.025, 0.2, 0.5, 0.51, 0.8, 0.975, 0.995, 0.9995])
def test_it_is_that_of_scipy_from_small_shapes_to_large(probability):
    assert quantiles(probability, SHAPES) == pytest.approx(gamma.ppf(probability, SHAPES), rel=1e-9)


def test_half_a_chi_square_and_the_exponential_are_special_cases():
    # chi-square with 10 degrees of freedom: 3.247 and 20.483 in every table; exponential: -ln(1 - p)
    assert [2 * q for p in (0.025, 0.975) for q in quantiles(p, [5])] == pytest.approx(
        chi2.ppf([0.025, 0.975], 10), rel=1e-12
    )
    assert [round(2 * quantiles(p, [5])[0], 3) for p in (0.025, 0.975)] == [3.247, 20.483]
    assert quantiles(0.3, [1]) == pytest.approx([-np.log(0.7)], rel=1e-12)


def test_unknown_stays_unknown():
    assert quantiles(0.025, [None, 0.0]) == [None, None]
    assert quantiles(None, [3.0]) == [None]
