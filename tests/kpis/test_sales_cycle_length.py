"""Sales cycle length: days until half of the opportunities are decided, with the open ones as not yet."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times, qth_survival_time

from tests.story import Story

KPI = "sales_cycle_length"
AS_OF = date(2026, 12, 31)
OPENED = date(2025, 6, 2)


def decide(world, count, days, outcome="won", channel="inbound", opened=OPENED, **values):
    """`count` opportunities decided after so many days; open ones have days None."""
    for lead in world.leads(count, channel, opened, **values):
        closed = None if days is None else opened + timedelta(days=days)
        world.opportunity(lead, opened, "open" if days is None else outcome, closed, 1000)


def test_half_of_a_hundred_are_decided_on_day_40(story):
    world = story(AS_OF)
    for count, days, outcome in (
        (20, 10, "won"),
        (29, 30, "lost"),
        (1, 40, "won"),
        (20, 90, "lost"),
        (30, None, ""),
    ):
        decide(world, count, days, outcome)
    fitter = KaplanMeierFitter().fit(
        [10] * 20 + [30] * 29 + [40] + [90] * 20 + [577] * 30, [1] * 70 + [0] * 30
    )
    band = median_survival_times(fitter.confidence_interval_).to_numpy()[0]
    # 49 of 100 by day 30, 50 by day 40. Everybody is followed, so the shares at day 180 are plain: 21 won, 49 lost.
    row = world.row(KPI)
    assert [row["low"], row["high"]] == sorted(band)
    assert {key: row[key] for key in row if key not in ("low", "high", "won_low", "won_high")} == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 70,
        "denominator": 100,
        "estimate": 40,
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 180,
        "won_by_horizon": pytest.approx(0.21, abs=1e-12),
        "lost_by_horizon": pytest.approx(0.49, abs=1e-12),
        "open_at_horizon": pytest.approx(0.30, abs=1e-12),
        "quarter_days": 30,
        "three_quarter_days": None,
    }
    assert row["won_low"] < 0.21 < row["won_high"]


def test_it_is_the_kaplan_meier_median_of_lifelines(story):
    world = story(AS_OF)
    draw = np.random.default_rng(5)
    times, seen = [], []
    for _ in range(160):
        opened = AS_OF - timedelta(days=int(draw.integers(1, 700)))
        days = int(80 * draw.lognormal(0, 1))
        known = days <= (AS_OF - opened).days
        decide(world, 1, days if known else None, str(draw.choice(["won", "lost"])), opened=opened)
        times.append(days if known else (AS_OF - opened).days)
        seen.append(known)
    fitter = KaplanMeierFitter().fit(times, seen)
    band = pd.DataFrame(median_survival_times(fitter.confidence_interval_)).to_numpy()[0]
    row = world.row(KPI)
    assert row["estimate"] == fitter.median_survival_time_
    assert [row["low"], row["high"]] == sorted(band)
    assert row["open_at_horizon"] == pytest.approx(float(fitter.predict(180)), abs=1e-12)
    assert row["three_quarter_days"] == qth_survival_time(0.25, fitter.survival_function_)


def test_the_median_of_the_won_alone_is_not_what_is_shown(story):
    # pitfall: 30 quick wins, 30 slow losses and 60 that are still open after a year
    world = story(AS_OF)
    decide(world, 30, 20, "won")
    decide(world, 30, 200, "lost")
    decide(world, 60, None)
    row = world.row(KPI)
    # 30/120 by day 20, 60/120 on day 200: exactly half
    assert (row["estimate"], row["quarter_days"]) == (200, 20)


def test_half_not_reached_gives_no_estimate(story):
    world = story(AS_OF)
    decide(world, 40, 20)
    decide(world, 60, None)
    row = world.row(KPI)
    assert (row["estimate"], row["high"], row["status"], row["quarter_days"]) == (None, None, "ok", 20)


def test_a_decision_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    opened = AS_OF - timedelta(days=200)
    decide(world, 60, 200, opened=opened)
    decide(world, 40, 201, opened=opened)
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"], row["open_at_horizon"]) == (60, 200, 1.0)
    earlier = world.row(KPI, as_of=AS_OF - timedelta(days=1))
    assert (earlier["numerator"], earlier["estimate"], earlier["status"]) == (0, None, "too_few")


def test_opportunities_of_today_are_not_followed_yet(story):
    world = story(AS_OF)
    decide(world, 100, 30)
    before = world.row(KPI)
    decide(world, 100, 0, opened=AS_OF)
    assert world.row(KPI) == before


@pytest.mark.parametrize(("decided", "status"), [(9, "too_few"), (10, "ok")])
def test_ten_decisions_are_needed(story, decided, status):
    world = story(AS_OF)
    decide(world, decided, 30)
    decide(world, 100, None)
    row = world.row(KPI)
    assert (row["status"], row["numerator"]) == (status, decided)
    assert row["quarter_days"] is None


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(29, 0, "too_few"), (29, 1, "too_early"), (30, 0, "provisional"), (100, 0, "ok")],
)
def test_the_gate_counts_opportunities_of_180_days(story, old, young, status):
    world = story(AS_OF)
    decide(world, old, 30, opened=AS_OF - timedelta(days=180))
    decide(world, young, 30, opened=AS_OF - timedelta(days=179))
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert row["estimate"] == (30 if old >= 30 else None)


def test_no_opportunity_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", OPENED)
    assert world.run(KPI).rows.height == 0
    decide(world, 100, 30)
    assert world.run(KPI, from_on="2025-06-09").rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for days, channel, source, segment in (
        (20, "inbound", "web", "smb"),
        (60, "inbound", "webinar", "ent"),
        (150, "outbound", "sdr", "ent"),
    ):
        decide(world, 40, days, "won", channel, source=source, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, [("all", "outbound", 150)]),
        ({"segments": ("ent",)}, [("all", "inbound", 60), ("all", "outbound", 150)]),
        ({"sources": ("web",)}, [("all", "inbound", 20)]),
        ({"slice_by": "segment"}, [("ent", "inbound", 60), ("ent", "outbound", 150), ("smb", "inbound", 20)]),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == expected


@pytest.mark.parametrize("column", ["closed_at", "outcome"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    decide(world, 100, 30)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunities"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
