"""Limits of a share and of a difference: Wilson, log(-log), MOVER; and the ranks around a quantile."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.story import Story


@pytest.fixture(scope="module")
def con():
    return Story("2026-12-31").database()


def test_wilson_is_exact_at_both_ends_for_every_sample_size(con):
    rows = con.sql(
        "select n, wilson_low(0, n, z_of(level)), wilson_high(n, n, z_of(level)), "
        "wilson_low(n, n, z_of(level)), wilson_high(0, n, z_of(level)), z_of(level)::double "
        "from (select unnest(range(1, 3001)) as n), (select unnest([95, 99]) as level)"
    ).fetchall()
    assert len(rows) == 6000
    for n, low, high, low_of_all, high_of_none, z in rows:
        assert (low, high) == (0.0, 1.0)  # exactly, not 1e-17 above and below
        assert high_of_none == pytest.approx(z * z / (n + z * z), abs=1e-12)
        assert low_of_all == pytest.approx(n / (n + z * z), abs=1e-12)


def test_wilson_of_every_count_is_that_of_statsmodels(con):
    rows = con.sql(
        "select x, n, wilson_low(x, n, z_of(level)), wilson_high(x, n, z_of(level)), 1 - level / 100 "
        "from (select unnest([1, 2, 7, 30, 99, 100, 400]) as n), "
        "lateral (select unnest(range(0, n + 1)) as x), (select unnest([95, 99]) as level)"
    ).fetchall()
    counts, totals, lows, highs, alphas = map(np.array, zip(*rows, strict=True))
    for alpha in (0.05, 0.01):
        chosen = np.isclose(alphas, alpha)
        low, high = proportion_confint(counts[chosen], totals[chosen], alpha=alpha, method="wilson")
        assert lows[chosen] == pytest.approx(low, abs=1e-9)
        assert highs[chosen] == pytest.approx(high, abs=1e-9)
    shares = counts / totals
    assert (lows >= 0).all() and (lows <= shares).all() and (shares <= highs).all() and (highs <= 1).all()


def test_wilson_takes_fractions_and_knows_nothing_of_no_sample(con):
    found = con.sql(
        "select wilson_low(0, 0, z_of(95)), wilson_high(0, 0, z_of(95)), wilson_low(12.5, 50, z_of(95))"
    ).fetchall()[0]
    # (p + z^2/2n - z sqrt(p(1 - p)/n + z^2/4n^2)) / (1 + z^2/n) with p = .25, n = 50: between 12 and 13 of 50
    below, above = (proportion_confint(x, 50, method="wilson")[0] for x in (12, 13))
    assert found[:2] == (None, None)
    assert below < found[2] < above
    z = 1.959963984540054
    half = z * np.sqrt(0.25 * 0.75 / 50 + z**2 / (4 * 50**2))
    assert found[2] == pytest.approx((0.25 + z**2 / 100 - half) / (1 + z**2 / 50), abs=1e-12)


def test_mover_of_wilson_limits_is_newcombe_10_and_contains_the_difference(con):
    rows = con.sql(
        """
        with samples as (
            select
                x, n, x / n::double as p,
                wilson_low(x, n, z_of(95)) as low, wilson_high(x, n, z_of(95)) as high
            from (select unnest([1, 5, 30, 100]) as n), lateral (select unnest(range(0, n + 1)) as x)
            where n < 100 or x % 5 = 0
        )
        select
            one.x, one.n, other.x, other.n,
            mover_low(one.p, one.low, other.p, other.high), mover_high(one.p, one.high, other.p, other.low)
        from samples as one, samples as other
        """
    ).fetchall()
    x1, n1, x2, n2, low, high = map(np.array, zip(*rows, strict=True))
    difference = x1 / n1 - x2 / n2
    assert len(rows) == (2 + 6 + 31 + 21) ** 2
    assert (low <= difference + 1e-15).all() and (difference <= high + 1e-15).all()
    assert (low >= -1 - 1e-12).all() and (high <= 1 + 1e-12).all()
    for place in range(0, len(rows), 7):
        expected = confint_proportions_2indep(
            x1[place], n1[place], x2[place], n2[place], method="newcomb", compare="diff"
        )
        assert [low[place], high[place]] == pytest.approx(expected, abs=1e-9)


def test_loglog_limits_exist_only_strictly_between_0_and_1(con):
    row = con.sql(
        "select loglog_low(0.0, .1, 1.96), loglog_high(1.0, .1, 1.96), loglog_low(.5, 0, 1.96), "
        "loglog_low(.2, .04, 1.96), loglog_high(.2, .04, 1.96)"
    ).fetchall()[0]
    # .2 ** exp(-+ 1.96 x .04 / (.2 ln .2)): the exponent's logarithm is .0784 / -.32189 = -.24356
    expected = [0.2 ** np.exp(0.0784 / 0.3218875824868201), 0.2 ** np.exp(-0.0784 / 0.3218875824868201)]
    assert row[:3] == (None, None, None)
    assert list(row[3:]) == pytest.approx(expected, abs=1e-12)


def test_below_five_events_the_limits_are_wilson_on_the_leads_old_enough(con):
    rows = con.sql(
        "select events, incidence_low(.04, .0196, events, 100, z_of(95)), "
        "incidence_high(.04, .0196, events, 100, z_of(95)) from (select unnest([4, 5]) as events)"
    ).fetchall()
    z, slope = 1.959963984540054, 0.0196 / (0.04 * np.log(0.04))
    assert list(rows[0][1:]) == pytest.approx(proportion_confint(4, 100, method="wilson"), abs=1e-9)
    assert list(rows[1][1:]) == pytest.approx(
        [0.04 ** np.exp(sign * z * slope) for sign in (-1, 1)], abs=1e-12
    )


@pytest.mark.parametrize(("share", "tail"), [(0.5, 0.025), (0.25, 0.025), (0.75, 0.025), (0.5, 0.005)])
def test_the_rank_is_the_largest_with_no_more_than_the_tail_below_it(con, share, tail):
    rows = con.sql(
        f"select n, binomial_rank(n, {share}, {tail}) from (select unnest(range(1, 301)) as n) order by n"
    ).fetchall()
    assert len(rows) == 300
    for n, rank in rows:
        # P(X < rank) <= tail, and one rank more would be too many
        assert rank == 0 or binom.cdf(rank - 1, n, share) <= tail + 1e-12
        assert binom.cdf(rank, n, share) > tail - 1e-12


@pytest.mark.parametrize("n", [1_300, 5_000, 10_000_000])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_the_rank_of_many_is_found_without_counting_every_outcome(con, n, share):
    ((rank,),) = con.sql(f"select binomial_rank({n}, {share}, 0.025)").fetchall()
    assert rank == binom.ppf(0.025, n, share)
