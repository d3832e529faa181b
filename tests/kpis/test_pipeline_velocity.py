"""Pipeline velocity: won value per opportunity and day at one age for all, beside the usual formula."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "pipeline_velocity"
AS_OF = date(2026, 12, 31)
OPENED = date(2025, 6, 2)
Z = 1.959963984540054


def deal(
    world, count, days, outcome="won", value=1000, channel="inbound", opened=OPENED, currency="EUR", **values
):
    """`count` opportunities closed after so many days; open ones have days None."""
    for lead in world.leads(count, channel, opened, **values):
        closed = None if days is None else opened + timedelta(days=days)
        world.opportunity(lead, opened, "open" if days is None else outcome, closed, value, currency=currency)


def weighed_value(times, endings, amounts, weights, horizon):
    """Sum over won ages of S(t-) W(t)/n(t) with case weights, straight from the definition."""
    open_share, total = 1.0, 0.0
    for age in sorted(set(times[times <= horizon])):
        at_risk = weights[times >= age].sum()
        here = times == age
        total += open_share * (weights * amounts)[here & (endings == 1)].sum() / at_risk
        open_share *= 1 - weights[here & (endings > 0)].sum() / at_risk
    return total


def test_fifty_of_a_hundred_won_for_1800_each(story):
    world = story(AS_OF)
    deal(world, 50, 60, "won", 1800)
    deal(world, 30, 90, "lost", 5000)
    deal(world, 20, None, "open", 3000)
    # Nobody is censored before day 180: the mean is plain, 90,000 / 100 = 900, over 180 days 5 a day. Its variance is that
    # of 100 values, 50 of 1,800 and 50 of 0: 900^2 / 100, so se 90 and se / mean = .1.
    # Classic: 100 opportunities x 50/80 won x 1,800 / 60 days = 1,875. Open: 20 x 3,000; inflow: everything created
    # (50 x 1,800 + 30 x 5,000 + 20 x 3,000 = 300,000) over 2 June 2025 to 30 December 2026 = 577 days.
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 90_000.0,
            "denominator": 100,
            "estimate": pytest.approx(5.0, abs=1e-12),
            "low": pytest.approx(5 * exp(-Z * 0.1), abs=1e-9),
            "high": pytest.approx(5 * exp(Z * 0.1), abs=1e-9),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 180,
            "currency": "EUR",
            "won_count": 50,
            "value_by_horizon": pytest.approx(900.0, abs=1e-9),
            "classic_per_day": pytest.approx(1875.0, abs=1e-9),
            "classic_win_share": 0.625,
            "classic_won_value": 1800.0,
            "classic_cycle_days": 60.0,
            "open_amount": 60_000.0,
            "daily_inflow": pytest.approx(300_000 / 577, abs=1e-9),
            "open_days": pytest.approx(60_000 / (300_000 / 577), abs=1e-9),
            "without_value_count": 0,
            "open_without_value_count": 0,
        }
    ]


def test_value_and_variance_are_those_of_the_definition(story):
    # oracle: the estimator with case weights; an influence is its derivative by one weight (infinitesimal jackknife)
    world = story(AS_OF)
    draw = np.random.default_rng(3)
    times, endings, amounts = [], [], []
    for _ in range(150):
        opened = AS_OF - timedelta(days=int(draw.integers(1, 420)))
        days, outcome = int(90 * draw.lognormal(0, 0.8)), str(draw.choice(["won", "lost"]))
        value = round(float(draw.lognormal(8, 1)), 2)
        followed = (AS_OF - opened).days
        deal(world, 1, days if days <= followed else None, outcome, value, opened=opened)
        times.append(min(days, followed))
        endings.append((1 if outcome == "won" else 2) if days <= followed else 0)
        amounts.append(value)
    data = np.array(times), np.array(endings), np.array(amounts)
    mean = weighed_value(*data, np.ones(150), 180)
    step = 1e-5
    influences = [
        (
            weighed_value(*data, np.ones(150) + step * one, 180)
            - weighed_value(*data, np.ones(150) - step * one, 180)
        )
        / (2 * step)
        for one in np.eye(150)
    ]
    error = sqrt(np.square(influences).sum())
    row = world.row(KPI)
    assert row["value_by_horizon"] == pytest.approx(mean, rel=1e-12)
    assert row["estimate"] == pytest.approx(mean / 180, rel=1e-12)
    assert [row["low"], row["high"]] == pytest.approx(
        [mean / 180 * exp(sign * Z * error / mean) for sign in (-1, 1)], rel=1e-6
    )


def test_the_usual_formula_flatters_where_wins_are_quick_and_losses_slow(story):
    # pitfall: three parts that lean one way. 20 win quickly, 80 are open for a year.
    world = story(AS_OF)
    deal(world, 25, 10, "won", 1000)
    deal(world, 75, None, "open", 1000)
    row = world.row(KPI)
    # classic: 100 x 25/25 x 1,000 / 10 = 10,000 a day; fair: 250 per opportunity in 180 days
    assert (row["classic_per_day"], row["classic_win_share"]) == (10_000.0, 1.0)
    assert row["estimate"] == pytest.approx(250 / 180, abs=1e-12)


def test_an_open_pipeline_of_which_no_value_is_known_is_unknown_and_not_0(story):
    world = story(AS_OF)
    deal(world, 50, 60, "won", 1800)
    assert world.row(KPI)["open_amount"] == 0  # nothing is open
    deal(world, 50, None, "open", None)
    row = world.row(KPI)
    assert (row["open_amount"], row["open_days"], row["open_without_value_count"]) == (None, None, 50)
    deal(world, 3, None, "open", 2000)
    row = world.row(KPI)
    assert (row["open_amount"], row["open_without_value_count"]) == (6000.0, 50)


def test_a_win_after_the_horizon_does_not_count(story):
    world = story(AS_OF)
    deal(world, 30, 180)
    deal(world, 70, 181)
    row = world.row(KPI)
    assert (row["won_count"], row["numerator"], row["value_by_horizon"]) == (
        30,
        30_000.0,
        pytest.approx(300.0),
    )
    assert world.row(KPI, horizon=181)["won_count"] == 100


def test_a_win_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    deal(world, 100, 100, opened=AS_OF - timedelta(days=100))
    assert world.row(KPI, horizon=100)["won_count"] == 100
    earlier = world.row(KPI, horizon=90, as_of=AS_OF - timedelta(days=1))
    assert (earlier["won_count"], earlier["status"], earlier["estimate"], earlier["open_amount"]) == (
        0,
        "too_few",
        None,
        None,
    )


def test_opportunities_of_today_change_nothing(story):
    world = story(AS_OF)
    deal(world, 100, 30)
    before = world.row(KPI)
    deal(world, 100, 0, opened=AS_OF, value=9000)
    assert world.row(KPI) == before


def test_several_currencies_are_not_added_up(story):
    world = story(AS_OF)
    deal(world, 50, 30)
    deal(world, 50, 30, currency="USD")
    row = world.row(KPI)
    assert (row["status"], row["denominator"]) == ("not_available", 100)
    assert [
        row[name] for name in ("numerator", "estimate", "low", "high", "classic_per_day", "currency")
    ] == [None] * 6


def test_wins_without_a_value_are_counted_apart(story):
    world = story(AS_OF)
    deal(world, 40, 30, value=None)
    assert (world.row(KPI)["status"], world.row(KPI)["estimate"]) == ("not_available", None)
    deal(world, 60, 30, value=1000)
    row = world.row(KPI)
    assert (row["without_value_count"], row["value_by_horizon"], row["classic_won_value"]) == (
        40,
        pytest.approx(600.0),
        1000.0,
    )


@pytest.mark.parametrize(("wins", "status"), [(19, "too_few"), (20, "ok")])
def test_twenty_won_deals_are_needed(story, wins, status):
    world = story(AS_OF)
    deal(world, wins, 30)
    deal(world, 100 - wins, None, "open")
    row = world.row(KPI)
    assert (row["status"], row["won_count"], row["n_old_enough"]) == (status, wins, 100)
    assert [row[name] is None for name in ("estimate", "low", "high", "classic_per_day")] == [wins < 20] * 4


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(29, 0, "too_few"), (29, 1, "too_early"), (30, 0, "provisional"), (100, 0, "ok")],
)
def test_the_gate_counts_opportunities_of_180_days(story, old, young, status):
    world = story(AS_OF)
    deal(world, old, 30, opened=AS_OF - timedelta(days=180))
    deal(world, young, 30, opened=AS_OF - timedelta(days=179))
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert (row["estimate"] is None) == (old < 30)


def test_no_opportunity_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", OPENED)
    assert world.run(KPI).rows.height == 0
    deal(world, 100, 30)
    assert world.run(KPI, from_on="2025-06-09").rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for value, channel, source, segment in (
        (1800, "inbound", "web", "smb"),
        (3600, "inbound", "webinar", "ent"),
        (7300, "outbound", "sdr", "ent"),
    ):
        deal(world, 40, 30, "won", value, channel, source=source, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, [("all", "outbound", 20.0)]),  # 7,300 / 365
        ({"segments": ("ent",)}, [("all", "inbound", 20.0), ("all", "outbound", 20.0)]),
        ({"sources": ("web",)}, [("all", "inbound", 10.0)]),
        (
            {"slice_by": "segment"},
            [("ent", "inbound", 20.0), ("ent", "outbound", 20.0), ("smb", "inbound", 10.0)],
        ),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    found = [(row["slice"], row["channel"], pytest.approx(row["estimate"], abs=1e-9)) for row in rows]
    assert found == expected


@pytest.mark.parametrize("column", ["acv", "outcome"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    deal(world, 100, 30)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunities"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
