"""Do younger leads follow the older ones: shares by quarter of creation, and a test over the quarters."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest
from lifelines.statistics import logrank_test
from scipy.stats import chi2

REPORT = "cohort_drift"
AS_OF = date(2026, 12, 31)
QUARTERS = {"2025-Q1": date(2025, 2, 3), "2025-Q2": date(2025, 5, 5), "2025-Q3": date(2025, 8, 4)}


def told(world, day, wins, n=100, channel="inbound", **values):
    """n leads of a day, so many of them won at an age, the others open."""
    leads = iter(world.leads(n, channel, day, **values))
    for age, count in wins.items():
        for _ in range(count):
            world.won(next(leads), day + timedelta(days=age))


def lines(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {(row["measure"], row["age_days"]): row for row in rows if row["channel"] == channel}


def test_shares_of_each_quarter_by_30_and_by_90_days(story):
    world = story(AS_OF)
    for day, wins in zip(QUARTERS.values(), ({20: 10, 60: 20}, {20: 20, 60: 10}, {30: 30}), strict=True):
        told(world, day, wins)
    found = lines(world)
    shares = {key: row["estimate"] for key, row in found.items()}
    assert shares == pytest.approx(
        {
            ("2025-Q1", 30): 0.1, ("2025-Q1", 90): 0.3,
            ("2025-Q2", 30): 0.2, ("2025-Q2", 90): 0.3,
            ("2025-Q3", 30): 0.3, ("2025-Q3", 90): 0.3,
            ("all quarters", 30): 0.2, ("all quarters", 90): 0.3,
        }, abs=1e-12,
    )  # fmt: skip
    row = found["2025-Q1", 30]
    se = sqrt(0.1 * 0.9 / 100)
    limits = [0.1 ** exp(sign * 1.959963984540054 * se / (0.1 * log(0.1))) for sign in (-1, 1)]
    assert [row["low"], row["high"]] == pytest.approx(limits, abs=1e-12)
    assert (row["numerator"], row["denominator"], row["n_old_enough"], row["status"]) == (10, 100, 100, "ok")
    assert [row[name] for name in ("drift", "p_value", "is_drifting")] == [None] * 3


def by_definition(cohorts):
    """Score and variance of the log-rank test for trend: cohorts of (exit age, won) with steps 1, 2, .."""
    units = [(step, age, won) for step, cohort in enumerate(cohorts, 1) for age, won in cohort]
    score = variance = 0.0
    for now in sorted({age for _, age, won in units if won}):
        at_risk = np.array([step for step, age, _ in units if age >= now], dtype=float)
        here = [step for step, age, won in units if age == now and won]
        n, d = len(at_risk), len(here)
        score += sum(here) - d * at_risk.mean()
        variance += d * (n - d) / (n - 1) * at_risk.var()
    return score, variance


def test_a_rise_over_the_quarters_is_a_drift(story):
    world, cohorts = story(AS_OF), []
    for day, won in zip(QUARTERS.values(), (5, 12, 25), strict=True):
        told(world, day, {20: won, 45: won})
        followed = (AS_OF - day).days
        cohorts.append([(20, True)] * won + [(45, True)] * won + [(followed, False)] * (100 - 2 * won))
    score, variance = by_definition(cohorts)
    row = lines(world)["all quarters", 90]
    assert (row["drift"], row["is_drifting"]) == (1, True)
    assert row["p_value"] == pytest.approx(chi2.sf(score**2 / variance, 1), rel=1e-6)


def test_two_quarters_give_the_ordinary_log_rank_test(story):
    draw = np.random.default_rng(4)
    world, ages, seen = story(AS_OF), [], []
    for day, pace in ((date(2025, 2, 3), 80), (date(2025, 5, 5), 110)):
        times = np.maximum(1, draw.exponential(pace, 70)).astype(int)
        for time in times:
            world.won(world.lead("inbound", day), day + timedelta(days=int(time)))
        followed = (AS_OF - day).days
        ages.append(np.minimum(times, followed))
        seen.append(times <= followed)
    row = lines(world)["all quarters", 90]
    expected = logrank_test(ages[0], ages[1], seen[0], seen[1]).p_value
    assert row["p_value"] == pytest.approx(expected, rel=1e-6)
    assert row["drift"] == -1


def test_alike_quarters_do_not_drift_and_one_alone_cannot(story):
    world = story(AS_OF)
    told(world, QUARTERS["2025-Q1"], {20: 20})
    row = lines(world)["all quarters", 90]
    assert [row[name] for name in ("drift", "p_value", "is_drifting")] == [None, None, None]
    told(world, QUARTERS["2025-Q2"], {20: 20})
    assert lines(world)["all quarters", 90]["is_drifting"] is False


def test_a_week_belongs_to_the_quarter_it_begins_in(story):
    world = story(AS_OF)
    # Monday 30 June 2025 begins the week of 1 to 6 July
    for day in (date(2025, 6, 30), date(2025, 7, 6), date(2025, 7, 7)):
        told(world, day, {20: 5}, n=30)
    counts = {measure: row["denominator"] for (measure, age), row in lines(world).items() if age == 30}
    assert counts == {"2025-Q2": 60, "2025-Q3": 30, "all quarters": 90}


def test_young_quarters_wait_and_channels_stand_apart(story):
    world = story(AS_OF)
    told(world, AS_OF - timedelta(days=50), {20: 10})
    told(world, QUARTERS["2025-Q1"], {20: 10}, channel="outbound", segment="ent")
    found = lines(world)
    assert (found["2026-Q4", 30]["status"], found["2026-Q4", 90]["status"]) == ("ok", "too_early")
    assert found["2026-Q4", 90]["estimate"] is None
    assert found["2026-Q4", 90]["judge_on"] == AS_OF + timedelta(days=40)
    assert set(lines(world, "outbound")) == {
        ("2025-Q1", 30),
        ("2025-Q1", 90),
        ("all quarters", 30),
        ("all quarters", 90),
    }
    assert lines(world, segments=("ent",)) == {}
