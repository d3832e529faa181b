"""Sources drawn towards each other, ranked, and screened for those that differ."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import beta
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from leadquality.engine import with_posteriors

REPORT = "source_ranking"
AS_OF = date(2026, 12, 31)
BORN = AS_OF - timedelta(days=600)
INBOUND = {"a": (20, 200), "b": (30, 200), "c": (10, 200), "d": (60, 200), "e": (24, 200), "podcast": (4, 12)}


def told(world, sources=INBOUND, channel="inbound", born=BORN):
    for source, (won, n) in sources.items():
        for place, lead in enumerate(world.leads(n, channel, born, source=source)):
            (world.won if place < won else world.lost)(lead, born + timedelta(days=10))


def lines(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def moments(sources):
    """mu and M by weighted moments, with pencil and numpy (statistics.md, 11)."""
    x, n = (np.array(part, dtype=float) for part in zip(*sources.values(), strict=True))
    total, k, mu = n.sum(), len(n), x.sum() / n.sum()
    spread = (n * (x / n - mu) ** 2).sum()
    rho = (spread - mu * (1 - mu) * (k - 1)) / (mu * (1 - mu) * (total - (n**2).sum() / total - (k - 1)))
    return mu, 1 / rho - 1


def test_rates_are_drawn_towards_their_mean_and_ranked(story):
    world = story(AS_OF)
    told(world)
    found, (mu, strength) = lines(world), moments(INBOUND)
    for source, (won, n) in INBOUND.items():
        row = found[source]
        assert row["estimate"] == pytest.approx(won / n, abs=1e-12)
        assert row["shrunken"] == pytest.approx((won + mu * strength) / (n + strength), abs=1e-9)
        assert (row["alpha"], row["beta"]) == pytest.approx(
            (won + mu * strength, n - won + (1 - mu) * strength), abs=1e-6
        )
    assert [(source, found[source]["place"]) for source in "dbeac"] == [
        ("d", 1),
        ("b", 2),
        ("e", 3),
        ("a", 4),
        ("c", 5),
    ]


def test_four_of_twelve_are_shown_drawn_in_and_not_ranked(story):
    world = story(AS_OF)
    told(world)
    row = lines(world)["podcast"]
    # the highest rate of all, from 12 leads
    assert row["estimate"] == pytest.approx(4 / 12, abs=1e-12)
    assert row["shrunken"] < lines(world)["d"]["shrunken"]
    assert [row[name] for name in ("status", "place", "p_value", "q_value", "is_flagged")] == [
        "too_few",
        *[None] * 4,
    ]


def test_who_differs_from_the_rest_is_flagged_over_both_channels(story):
    world = story(AS_OF)
    told(world)
    told(world, {"x": (20, 150), "y": (22, 150)}, "outbound")
    found = lines(world) | lines(world, "outbound")
    tested = [("inbound", source) for source in "abcde"] + [("outbound", source) for source in "xy"]
    sizes = INBOUND | {"x": (20, 150), "y": (22, 150)}
    p_values = []
    for channel, source in tested:
        rest = [sizes[other] for place, other in tested if place == channel and other != source]
        won, n = sizes[source]
        p_values.append(proportions_ztest([won, sum(r[0] for r in rest)], [n, sum(r[1] for r in rest)])[1])
    _, q_values, *_ = multipletests(p_values, 0.10, "fdr_bh")
    for (_, source), p, q in zip(tested, p_values, q_values, strict=True):
        assert found[source]["p_value"] == pytest.approx(p, rel=1e-6)
        assert found[source]["q_value"] == pytest.approx(q, rel=1e-6)
        assert found[source]["is_flagged"] == (q <= 0.10)
    assert {source for source, row in found.items() if row["is_flagged"]} == {"c", "d"}


def test_fewer_than_five_sources_give_ranges_only(story):
    world = story(AS_OF)
    told(world, {source: INBOUND[source] for source in "abcd"})
    for row in lines(world).values():
        assert [row[name] for name in ("shrunken", "alpha", "beta", "place")] == [None] * 4
        assert row["low"] < row["estimate"] < row["high"]


def test_sources_that_differ_by_chance_only_lie_together(story):
    world = story(AS_OF)
    told(world, dict.fromkeys("abcde", (20, 200)))
    for row in lines(world).values():
        assert (row["shrunken"], row["place"], row["alpha"]) == (pytest.approx(0.1, abs=1e-12), None, None)
        assert row["is_flagged"] is False


def test_each_channel_is_read_at_its_own_age_and_young_sources_wait(story):
    world = story(AS_OF)
    told(world, {"web": (30, 100)}, born=AS_OF - timedelta(days=179))
    told(world, {"list": (30, 100)}, "outbound", born=AS_OF - timedelta(days=540))
    web, listed = lines(world)["web"], lines(world, "outbound")["list"]
    assert (web["status"], web["estimate"], web["judge_on"]) == ("too_early", None, AS_OF + timedelta(days=1))
    assert (listed["status"], listed["horizon_days"], listed["estimate"]) == (
        "ok",
        540,
        pytest.approx(0.3, abs=1e-12),
    )


def test_censored_sources_count_by_what_they_are_worth(story):
    # 100 leads old enough, 20 won on day 10; 100 young ones leave unseen on day 5: n_eff = F(1 - F)/Var(F) = 100
    world = story(AS_OF)
    told(world, {"web": (20, 100)})
    world.leads(100, "inbound", AS_OF - timedelta(days=5), source="web")
    row = lines(world)["web"]
    assert (row["estimate"], row["effective_count"]) == pytest.approx((0.2, 100), abs=1e-9)


def test_ranges_of_the_posteriors_and_the_chance_to_be_the_highest(story):
    world = story(AS_OF)
    told(world)
    result = world.run(REPORT)
    ranked = with_posteriors(result).to_dicts()
    assert [row["measure"] for row in ranked] == ["d", "b", "e", "a", "c", "podcast"]
    row = ranked[1]
    assert [row["shrunken_low"], row["shrunken_high"]] == pytest.approx(
        beta.ppf([0.025, 0.975], row["alpha"], row["beta"]), abs=1e-9
    )
    # two million draws of the five posteriors
    draw = np.random.default_rng(1)
    drawn = np.array([draw.beta(each["alpha"], each["beta"], 400_000) for each in ranked[:5]])
    shares = np.bincount(drawn.argmax(axis=0), minlength=5) / 400_000
    assert [each["highest_probability"] for each in ranked[:5]] == pytest.approx(shares.tolist(), abs=2e-3)
    assert ranked[5]["highest_probability"] is None
    assert sum(each["highest_probability"] for each in ranked[:5]) == pytest.approx(1, abs=1e-6)


def test_filters_an_empty_scope_and_an_outcome_after_as_of(story):
    world = story(AS_OF)
    told(world)
    assert set(lines(world, sources=("a", "b"))) == {"a", "b"}
    assert world.run(REPORT, regions=("none",)).rows.height == 0
    early = lines(world, as_of=BORN + timedelta(days=9), horizon=7)
    assert {row["numerator"] for row in early.values()} == {0}
