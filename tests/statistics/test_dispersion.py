"""Gini, quartile coefficient of dispersion and coefficient of variation of lists of amounts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statistics.units import SMALL, stage

MACROS = ("gini_biased", "gini_unbiased", "quartile_dispersion", "coefficient_of_variation")


def figures(amounts):
    calls = ", ".join(f"{name}($amounts)" for name in MACROS)
    row = stage().sql(f"select {calls}", params={"amounts": amounts}).fetchall()[0]
    return dict(zip(MACROS, row, strict=True))


def test_published_gini_and_quartile_dispersion(published):
    data = published("dispersion")
    found = figures(data["gini"]["x"])
    assert found["gini_biased"] == pytest.approx(data["gini"]["biased"], abs=5e-8)
    assert found["gini_unbiased"] == pytest.approx(data["gini"]["corrected"], abs=5e-8)
    for case in data["qcd"]:
        assert figures(case["x"])["quartile_dispersion"] == pytest.approx(
            case["type7_quantile_cont"], abs=1e-12
        )
        # textbooks take quantiles of type 6 (numpy: weibull) and so another figure
        first, third = np.quantile(case["x"], [0.25, 0.75], method="weibull")
        assert (third - first) / (third + first) == pytest.approx(case["type6"], abs=1e-12)
        assert case["type6"] > case["type7_quantile_cont"]


def test_by_pencil():
    found = figures([1, 3])
    # mean difference over all pairs (0 + 2 + 2 + 0)/4 = 1, over twice the mean 4; corrected 2/1 times as much
    assert found["gini_biased"] == pytest.approx(1 / 4, abs=1e-12)
    assert found["gini_unbiased"] == pytest.approx(1 / 2, abs=1e-12)
    # quartiles 1.5 and 2.5; standard deviation sqrt(2) over a mean of 2
    assert found["quartile_dispersion"] == pytest.approx(1 / 4, abs=1e-12)
    assert found["coefficient_of_variation"] == pytest.approx(2**0.5 / 2, abs=1e-12)


amounts = st.lists(st.integers(1, 10_000), min_size=2, max_size=50)


@SMALL
@given(amounts, st.sampled_from([0.01, 3, 1000]))
def test_they_do_not_change_with_the_currency_nor_the_order(sizes, rate):
    found = figures(sizes)
    for other in (figures([size * rate for size in sizes]), figures(sizes[::-1])):
        assert list(other.values()) == pytest.approx(list(found.values()), abs=1e-9)


@SMALL
@given(amounts)
def test_numpy_finds_the_same(sizes):
    x, found = np.array(sizes, dtype=float), figures(sizes)
    half_relative_difference = np.abs(x[:, None] - x).mean() / (2 * x.mean())
    first, third = np.quantile(x, [0.25, 0.75])
    assert found["gini_biased"] == pytest.approx(half_relative_difference, abs=1e-9)
    assert 0 <= found["gini_biased"] <= (len(x) - 1) / len(x) + 1e-12
    assert found["quartile_dispersion"] == pytest.approx((third - first) / (third + first), abs=1e-9)
    assert found["coefficient_of_variation"] == pytest.approx(x.std(ddof=1) / x.mean(), abs=1e-9)


def test_all_alike_is_0_and_one_who_has_everything_is_1():
    assert figures([7, 7, 7]) == dict.fromkeys(MACROS, 0)
    assert figures([0, 0, 0, 5])["gini_unbiased"] == pytest.approx(1, abs=1e-12)


def test_unknown_amounts_are_left_out_and_too_few_say_nothing():
    assert figures([1, None, 3]) == figures([1, 3])
    one = figures([5])
    assert (one["gini_unbiased"], one["coefficient_of_variation"]) == (None, None)
    for nothing in ([], [None], [0, 0]):
        assert figures(nothing) == dict.fromkeys(MACROS)


def test_they_stand_in_a_grouped_query():
    rows = (
        stage()
        .sql(
            "select g, gini_unbiased(list(x)), quartile_dispersion(list(x)) "
            "from (values ('a', 1), ('a', 3), ('b', 7), ('b', 7)) as v (g, x) group by g order by g"
        )
        .fetchall()
    )
    assert rows == [("a", 0.5, 0.25), ("b", 0, 0)]
