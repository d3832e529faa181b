"""Shrunken rates of many groups with few units each, their intervals and their ranks."""

from __future__ import annotations

from datetime import date
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from leadquality.statistics import best_probabilities, posterior_interval
from tests.statistics.units import SMALL, stage

SAMPLE_AS_OF = date(2026, 11, 22)


def shrunken(groups):
    """Structs of shrunken_rates for (x, n) pairs."""
    parameters = {"x": [x for x, _ in groups], "n": [n for _, n in groups]}
    return stage().sql("select shrunken_rates($x, $n)", params=parameters).fetchall()[0][0]


def moments(groups):
    """mu and M by the weighted method of moments as statistics.md 11 writes it."""
    x, n = (np.array(column, dtype=float) for column in zip(*groups, strict=True))
    k, total, mu = len(n), n.sum(), x.sum() / n.sum()
    noise = mu * (1 - mu)
    rho = ((n * (x / n - mu) ** 2).sum() - noise * (k - 1)) / (
        noise * (total - (n**2).sum() / total - (k - 1))
    )
    return mu, 1 / rho - 1 if rho > 0 else inf


@pytest.fixture(scope="module")
def sources(twin):
    """Inbound sources of the sample: wins by 240 days among leads with a potential follow-up of 240 days."""
    rows = (
        twin.snapshot.cursor()
        .sql(
            "select source, unnest(shrunken, recursive := true) from ("
            "  select list(source order by source) as sources, "
            "    shrunken_rates(list(won order by source), list(followed order by source)) as rates from ("
            "    select source, count(*) filter (where ending = 'reached' and exit_age <= 240) as won, count(*) as followed"
            "    from journeys_as_of($day) where journey = 'won' and channel = 'inbound' and started_on + 240 <= $day"
            "    group by source)"
            "), lateral (select unnest(sources) as source, unnest(rates) as shrunken)",
            params={"day": SAMPLE_AS_OF},
        )
        .pl()
    )
    return {row["source"]: row for row in rows.to_dicts()}


def test_four_wins_of_twelve_become_fifteen_percent_and_no_rank(sources):
    podcast = sources["partner_podcast"]
    assert (podcast["x"], podcast["n"], podcast["rate"]) == (4, 12, 4 / 12)
    # statistics.md, section 11
    assert podcast["mean"] == pytest.approx(0.0694, abs=5e-5)
    assert podcast["strength"] == pytest.approx(28.5, abs=0.05)
    assert podcast["shrunken"] == pytest.approx(0.148, abs=5e-4)
    assert posterior_interval(podcast["alpha"], podcast["beta"]) == pytest.approx((0.057, 0.270), abs=5e-4)
    assert podcast["place"] is None
    raw = sorted(sources, key=lambda source: sources[source]["rate"], reverse=True)
    ranked = sorted((row["place"], source) for source, row in sources.items() if row["place"] is not None)
    assert raw[0] == "partner_podcast"
    assert [place for place, _ in ranked] == [1, 2, 3, 4, 5]
    assert [source for _, source in ranked] == raw[1:]


def test_the_likelihood_agrees_with_the_moments_on_the_sources(sources):
    # The likelihood's M lies where the beta-binomial fits best; that of the moments is not much less likely.
    x, n = (np.array([row[name] for row in sources.values()]) for name in ("x", "n"))
    mean, strength = (sources["organic"][name] for name in ("mean", "strength"))

    def loglik(m):
        return betabinom.logpmf(x, n, mean * m, (1 - mean) * m).sum()

    assert max(map(loglik, np.geomspace(2, 2000, 200))) - loglik(strength) < 2
    assert loglik(strength) > loglik(2) and loglik(strength) > loglik(2000)


def test_baseball_of_efron_and_morris_follows_from_the_moments(published):
    data = published("efron_morris_baseball")
    expected, n = data["expected"], data["data"]["at_bats"]
    found = shrunken([(hits, n) for hits in data["data"]["hits"]])
    k, grand_mean, strength = len(found), found[0]["mean"], found[0]["strength"]
    assert grand_mean == pytest.approx(expected["grand_mean"], abs=1e-9)
    assert grand_mean == pytest.approx(data["published"]["grand_mean"], abs=6e-4)
    assert grand_mean * (1 - grand_mean) / n == pytest.approx(expected["sigma2"], abs=1e-9)
    # With one n for all, n/(n + M) = n/(n - 1) (1 - (k - 1) sigma2/S), where James and Stein take 1 - (k - 3) sigma2/S.
    noise = 1 - n / (n + strength) * (n - 1) / n
    c = 1 - noise * (k - 3) / (k - 1)
    assert c == pytest.approx(expected["c"], abs=1e-9)
    assert c == pytest.approx(data["published"]["c"], abs=6e-4)
    james_stein = [grand_mean + c * (row["rate"] - grand_mean) for row in found]
    assert james_stein == pytest.approx(expected["js"], abs=1e-9)
    rest = np.array(data["data"]["rest_of_season"])
    errors = {
        "raw": ((np.array([row["rate"] for row in found]) - rest) ** 2).sum(),
        "james_stein": ((np.array(james_stein) - rest) ** 2).sum(),
        "ours": ((np.array([row["shrunken"] for row in found]) - rest) ** 2).sum(),
    }
    assert errors["raw"] == pytest.approx(expected["sse_mle"], abs=1e-9)
    assert errors["james_stein"] == pytest.approx(expected["sse_js"], abs=1e-9)
    assert errors["raw"] / errors["james_stein"] == pytest.approx(data["published"]["ratio_of_sse"], abs=0.05)
    # what is shown shrinks a little more than James and Stein and foretells the season as well
    assert errors["raw"] / errors["ours"] > 3


group = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
many_groups = st.lists(group, min_size=5, max_size=20)


@SMALL
@given(many_groups)
def test_a_shrunken_rate_lies_between_its_own_and_the_mean(groups):
    for row in shrunken(groups):
        if row["strength"] is None:
            assert row["shrunken"] is None and row["place"] is None
        else:
            low, high = sorted((row["rate"], row["mean"]))
            assert low - 1e-9 <= row["shrunken"] <= high + 1e-9


@SMALL
@given(many_groups)
def test_mean_strength_and_posterior_are_those_of_the_definition(groups):
    x, n = zip(*groups, strict=True)
    found = shrunken(groups)
    if sum(x) in (0, sum(n)) or set(n) == {1}:
        assert {row["strength"] for row in found} == {None}
        return
    mean, strength = moments(groups)
    for row in found:
        assert row["mean"] == pytest.approx(mean, abs=1e-12)
        if strength > 1e-6:
            assert row["strength"] == pytest.approx(strength, rel=1e-9)
        if row["alpha"] is not None and strength > 0.01:
            posterior = beta(row["alpha"], row["beta"])
            assert row["shrunken"] == pytest.approx(posterior.mean(), abs=1e-12)
            assert row["sd"] == pytest.approx(posterior.std(), abs=1e-9)
            low, high = posterior_interval(row["alpha"], row["beta"])
            assert posterior.cdf(high) - posterior.cdf(low) == pytest.approx(0.95, abs=1e-6)


@SMALL
@given(many_groups, st.integers(0, 19))
def test_the_order_of_the_groups_does_not_matter_and_each_keeps_its_place(groups, start):
    start %= len(groups)
    turned = shrunken(groups[start:] + groups[:start])
    for row, other in zip(
        shrunken(groups), turned[len(groups) - start :] + turned[: len(groups) - start], strict=True
    ):
        assert (row["x"], row["n"]) == (other["x"], other["n"])
        if row["shrunken"] is not None:
            assert other["shrunken"] == pytest.approx(row["shrunken"], abs=1e-9)


def test_many_units_keep_their_own_rate():
    for n in (100, 10_000, 1_000_000):
        row = shrunken([(n * 3 // 10, n), (4, 40), (8, 40), (20, 40), (1, 40), (12, 40)])[0]
        assert abs(row["shrunken"] - 0.3) < 5 / n + 1e-12


def test_only_groups_of_thirty_are_ranked_and_equal_rates_share_a_place():
    found = shrunken([(20, 40), (9, 29), (20, 40), (3, 30), (1, 50), (0, 0)])
    assert [row["place"] for row in found] == [1, None, 1, 3, 4, None]
    nobody = found[-1]
    # a group without units counts for nothing and lies at the mean
    assert nobody["rate"] is None and nobody["shrunken"] == pytest.approx(nobody["mean"], abs=1e-12)
    assert found[0]["strength"] == shrunken([(20, 40), (9, 29), (20, 40), (3, 30), (1, 50)])[0]["strength"]


def test_with_fewer_than_five_groups_there_is_no_prior():
    four = [(20, 40), (2, 40), (10, 40), (1, 50)]
    for groups in (four, [*four, (0, 0)]):
        for row in shrunken(groups):
            assert [row[name] for name in ("strength", "alpha", "beta", "shrunken", "sd", "place")] == [
                None
            ] * 6
    # mean of those four: 33 of 170
    assert shrunken(four)[1]["rate"] == 0.05 and shrunken(four)[1]["mean"] == pytest.approx(
        33 / 170, abs=1e-15
    )
    assert shrunken([*four, (5, 40)])[0]["strength"] is not None


def test_groups_that_differ_no_more_than_by_chance_all_lie_at_the_mean_unranked():
    for row in shrunken([(10, 100), (11, 100), (9, 100), (10, 100), (10, 100)]):
        assert (row["strength"], row["shrunken"]) == (inf, pytest.approx(0.1, abs=1e-15))
        assert [row[name] for name in ("alpha", "beta", "sd", "place")] == [None] * 4
    assert posterior_interval(None, None) is None


def test_fractional_counts_of_a_censored_share_are_taken():
    # F = .2 with a standard error of .05: n_eff = .16/.0025 = 64, x = 12.8
    row = shrunken([(12.8, 64), (4, 40), (8, 40), (20, 40), (1, 40)])[0]
    assert row["rate"] == pytest.approx(0.2, abs=1e-12)
    assert row["sd"] < sqrt(0.2 * 0.8 / 64)


# ---------------------------------------------------------------- which is best


def test_the_chances_to_be_best_are_those_of_a_simulation_and_add_up():
    posteriors = [(4.0, 20.0), (10.0, 90.0), (12.0, 60.0), (1.0, 1.5)]
    found = best_probabilities(posteriors)
    draw = np.random.default_rng(5)
    sample = np.stack([draw.beta(a, b, 400_000) for a, b in posteriors])
    simulated = np.bincount(sample.argmax(axis=0), minlength=4) / 400_000
    # four standard errors of the simulation: .0032
    assert found == pytest.approx(simulated.tolist(), abs=0.0032)
    assert sum(found) == pytest.approx(1, abs=1e-4)


def test_equals_have_equal_chances_and_one_alone_is_best():
    assert best_probabilities([(3, 9)] * 4) == pytest.approx([0.25] * 4, abs=1e-9)
    assert best_probabilities([(3, 9)]) == [1.0]
    assert best_probabilities([]) == []
