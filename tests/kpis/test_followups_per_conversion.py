"""Follow-ups per conversion: calls of ours to all leads of a cohort for each first meeting by the same age."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight

from tests.story import Story

KPI = "followups_per_conversion"
AS_OF = date(2026, 12, 31)
CREATED = date(2026, 1, 5)
Z = 1.959963984540054


def work(world, count, calls, met=None, channel="outbound", created=CREATED, **values):
    """`count` leads called so often on day 1, 2, 3 ..., that met us on day `met` or not at all."""
    leads = world.leads(count, channel, created, **values)
    for lead in leads:
        for place in range(calls):
            world.call(lead, created + timedelta(days=1 + place), direction="outbound")
        if met is not None:
            world.meeting(lead, created + timedelta(days=met))
    return leads


def limits(calls, meetings):
    """Log-delta interval with one cluster an entry: Var ln(X/Y) = G/(G-1) sum (x/X - y/Y)^2."""
    x, y = np.array(calls, float), np.array(meetings, float)
    error = np.sqrt(len(x) / (len(x) - 1) * ((x / x.sum() - y / y.sum()) ** 2).sum())
    return [x.sum() / y.sum() * np.exp(sign * Z * error) for sign in (-1, 1)]


def test_all_effort_is_charged_to_the_conversions(story):
    # pitfall: the converted were called twice each; counting the effort on the others it is 26 a meeting
    world = story(AS_OF)
    work(world, 20, 2, 10)
    work(world, 80, 6)
    low, high = limits([2] * 20 + [6] * 80, [1] * 20 + [0] * 80)
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 520,
            "denominator": 20,
            "estimate": 26.0,
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 90,
            "calls_of_converted": 2.0,
            "by_1_call": 0.0,
            "by_3_calls": pytest.approx(0.2, abs=1e-12),  # at the second call all 100 were still called
            "by_6_calls": pytest.approx(0.2, abs=1e-12),
            "by_12_calls": pytest.approx(0.2, abs=1e-12),
        }
    ]


def test_on_the_scale_of_calls_it_is_the_cumulative_incidence(story):
    world = story(AS_OF)
    draw = np.random.default_rng(9)
    counts, endings = [], []
    for _ in range(150):
        calls, ending = int(draw.integers(1, 16)), int(draw.choice([0, 1, 2], p=[0.4, 0.35, 0.25]))
        for lead in work(world, 1, calls, 20 if ending == 1 else None):
            if ending == 2:
                world.opportunity(lead, CREATED + timedelta(days=20), "lost", CREATED + timedelta(days=20))
        counts.append(calls)
        endings.append(ending)
    oracle = CumIncidenceRight(np.array(counts), np.array(endings))
    row = world.row(KPI, "outbound")
    for name, calls in (("by_1_call", 1), ("by_3_calls", 3), ("by_6_calls", 6), ("by_12_calls", 12)):
        reached = oracle.cinc[0][np.searchsorted(oracle.times, calls, side="right") - 1]
        assert row[name] == pytest.approx(reached, abs=1e-12)


def test_calls_after_the_meeting_are_effort_but_not_calls_to_it(story):
    world = story(AS_OF)
    work(world, 50, 5, 3)  # calls on days 1 to 5; three of them by the day of the meeting
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["calls_of_converted"]) == (5.0, 3.0)
    assert row["by_3_calls"] == 1.0


def test_a_lead_closed_before_it_met_us_competes(story):
    world = story(AS_OF)
    work(world, 50, 2, 20)
    for lead in work(world, 50, 1):
        world.opportunity(lead, CREATED + timedelta(days=3), "lost", CREATED + timedelta(days=3))
    # 50 of 100 leave at the first call; at the second the other 50 meet us: .5 x 1
    assert world.row(KPI, "outbound")["by_3_calls"] == pytest.approx(0.5, abs=1e-12)


def test_calls_that_come_in_are_not_follow_ups(story):
    world = story(AS_OF)
    for lead in work(world, 50, 2, 10):
        world.call(lead, CREATED, "qualified", direction="inbound")
        world.call(lead, CREATED)  # no direction: ours
    assert world.row(KPI, "outbound")["estimate"] == 3.0


def test_nothing_beyond_the_age_counts(story):
    world = story(AS_OF)
    for lead in work(world, 50, 1, 30, "inbound"):
        world.call(lead, CREATED + timedelta(days=31))
    for lead in work(world, 50, 1, 31, "inbound"):
        world.call(lead, CREATED + timedelta(days=30))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["horizon_days"]) == (150, 50, 30)
    later = world.row(KPI, horizon=31)
    assert (later["numerator"], later["denominator"]) == (200, 100)


def test_what_happens_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    work(world, 100, 2, 10, created=AS_OF - timedelta(days=90))
    assert world.row(KPI, "outbound")["denominator"] == 100
    yesterday = world.row(KPI, "outbound", as_of=AS_OF - timedelta(days=1))
    assert (yesterday["numerator"], yesterday["denominator"], yesterday["status"]) == (0, 0, "too_early")
    assert (yesterday["estimate"], yesterday["by_3_calls"]) == (None, None)


def test_leads_of_one_account_are_one_cluster(story):
    world = story(AS_OF)
    for account in range(40):
        work(world, 2, 3 + account % 2, 10 if account % 2 else None, account_id=f"a{account}")
    low, high = limits([6, 8] * 20, [0, 2] * 20)
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["denominator"]) == (280, 40)
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)


@pytest.mark.parametrize(("meetings", "status"), [(9, "too_few"), (10, "ok")])
def test_ten_conversions_are_needed(story, meetings, status):
    world = story(AS_OF)
    work(world, meetings, 2, 10)
    work(world, 100 - meetings, 2)
    row = world.row(KPI, "outbound")
    assert (row["status"], row["denominator"]) == (status, meetings)
    assert [row[name] is None for name in ("estimate", "low", "high", "by_3_calls")] == [meetings < 10] * 4


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(29, 0, "too_few"), (29, 1, "too_early"), (30, 0, "provisional"), (100, 0, "ok")],
)
def test_the_gate_counts_leads_of_90_days(story, old, young, status):
    world = story(AS_OF)
    work(world, old, 1, 5, created=AS_OF - timedelta(days=90))
    work(world, young, 1, 5, created=AS_OF - timedelta(days=89))
    row = world.row(KPI, "outbound")
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert row["estimate"] == (1.0 if old >= 30 else None)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    work(world, 100, 1, 5)
    assert world.run(KPI, from_on="2026-02-02").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for calls, channel, source, segment in (
        (1, "inbound", "web", "smb"),
        (3, "inbound", "list", "ent"),
        (8, "outbound", "sdr", "ent"),
    ):
        work(world, 40, calls, 10, channel, source=source, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, [("all", "outbound", 8.0)]),
        ({"segments": ("ent",)}, [("all", "inbound", 3.0), ("all", "outbound", 8.0)]),
        ({"sources": ("web", "list")}, [("all", "inbound", 2.0)]),
        (
            {"slice_by": "segment"},
            [("ent", "inbound", 3.0), ("ent", "outbound", 8.0), ("smb", "inbound", 1.0)],
        ),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == expected


@pytest.mark.parametrize(("extract", "column"), [("calls", "started_at"), ("meetings", "held_at")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    work(world, 100, 1, 5)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
