"""Capacity against spikes: load on all staffed days, on days of a spike and on the others, and the response then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import exp, sqrt

import numpy as np
import pytest
from scipy.stats import binom

from tests.story import Story

KPI = "capacity_vs_spike"
AS_OF = date(2026, 12, 31)
FIRST = date(2026, 3, 1)
EVERY, SPIKE, OTHER = "all days", "spike days", "other days"
Z = 1.959963984540054


def day(world, number, arrivals, minutes=10.0, staffed=480.0, waits=None, channel="inbound", **values):
    """One staffed day: so many leads at 9:00, each called once for some minutes, after some minutes or at once."""
    today = FIRST + timedelta(days=number)
    if staffed:
        world.add("capacity", worked_on=today, staffed_min=staffed)
    nine = datetime(today.year, today.month, today.day, 9)
    for place, lead in enumerate(world.leads(arrivals, channel, today, created_at=nine, **values)):
        wait = waits[place] if waits else 0
        if wait is not None:
            called = nine + timedelta(minutes=wait)
            world.call(
                lead,
                called.date(),
                direction="outbound",
                started_at=called,
                talk_seconds=60 * minutes - 60,
                wrap_seconds=60.0,
            )


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_load_is_arrivals_times_call_time_over_staffed_time(story):
    world = story(AS_OF)
    arrivals, staffed = [4, 6, 5, 5, 10] * 6, [480, 480, 400, 480, 300] * 6
    for number in range(30):
        day(world, number, arrivals[number], staffed=float(staffed[number]))
    row = by_measure(world.run(KPI))[EVERY]
    # 180 leads at 10 minutes on 12,840 staffed minutes; linearised over 30 days (Cochran 1977, 6.4)
    load = 1800 / 12840
    residuals = 10 * np.array(arrivals) - load * np.array(staffed)
    se = sqrt(30 / 29 * np.sum(residuals**2)) / 1800
    expected = {
        "slice": "all",
        "channel": "inbound",
        "numerator": pytest.approx(1800, abs=1e-9),
        "denominator": 12840.0,
        "estimate": pytest.approx(load, rel=1e-12),
        "low": pytest.approx(load * exp(-Z * se), rel=1e-9),
        "high": pytest.approx(load * exp(Z * se), rel=1e-9),
        "n_old_enough": 30,
        "status": "ok",
        "measure": EVERY,
        "arrival_count": 180,
        "handling_minutes": pytest.approx(10, abs=1e-12),
        "response_lead_count": 180,
    }
    assert {name: row[name] for name in expected} == expected


def spiky(world, spikes):
    """Twenty calm days of 2 leads, then `spikes` times a day of 20 leads followed by 27 calm days."""
    for number in range(20 + 28 * spikes):
        is_spike = number >= 20 and (number - 20) % 28 == 0
        waits = [60] * 20 if is_spike else [5] * 2
        day(world, number - 400, len(waits), staffed=100.0, waits=waits)


def test_the_mean_load_hides_the_peaks(story):
    world = story(AS_OF)
    spiky(world, 20)
    rows = by_measure(world.run(KPI))
    # calm days: 2 x 10 / 100 = .2; spikes 20 x 10 / 100 = 2, twice the staff; the mean over all says .262
    assert [rows[name]["estimate"] for name in (EVERY, OTHER, SPIKE)] == pytest.approx(
        [(560 * 2 + 20 * 20) * 10 / 58000, 0.2, 2.0], rel=1e-12
    )
    assert [rows[name]["n_old_enough"] for name in (EVERY, OTHER, SPIKE)] == [580, 540, 20]
    assert [rows[name]["status"] for name in (EVERY, OTHER, SPIKE)] == ["ok"] * 3
    assert (rows[OTHER]["response_p90_minutes"], rows[SPIKE]["response_p90_minutes"]) == (5.0, 60.0)


def test_the_first_twenty_days_are_neither(story):
    world = story(AS_OF)
    for number in range(20):
        day(world, number, 4)
    assert list(by_measure(world.run(KPI))) == [EVERY]
    day(world, 20, 40)
    assert by_measure(world.run(KPI))[SPIKE]["arrival_count"] == 40


@pytest.mark.parametrize(("arrivals", "kind"), [(7, OTHER), (8, SPIKE)])
def test_a_spike_is_twice_the_median_of_the_days_before(story, arrivals, kind):
    world = story(AS_OF)
    for number in range(21):
        day(world, number, 4)
    day(world, 21, arrivals)
    rows = by_measure(world.run(KPI))
    found = {name: rows[name]["arrival_count"] for name in rows if name != EVERY}
    assert found == ({OTHER: 4 + arrivals} if kind == OTHER else {OTHER: 4, SPIKE: 8})


def test_a_spike_is_beyond_95_in_100_of_the_days_before(story):
    # every fifth day has 9: that is usual here, although it is more than twice the median of 4
    world = story(AS_OF)
    for number in range(41):
        day(world, number, 9 if number % 5 == 0 else 4)
    assert SPIKE not in by_measure(world.run(KPI))


def test_days_more_than_eight_weeks_back_are_forgotten(story):
    world = story(AS_OF)
    for number in range(30):
        day(world, number, 4)
    day(world, 29 + 57, 40)
    assert list(by_measure(world.run(KPI))) == [EVERY, OTHER]
    assert by_measure(world.run(KPI))[EVERY]["arrival_count"] == 160


def test_twenty_days_of_a_spike_are_needed(story):
    world = story(AS_OF)
    spiky(world, 19)
    row = by_measure(world.run(KPI))[SPIKE]
    assert (row["n_old_enough"], row["status"]) == (19, "too_few")
    names = ("estimate", "low", "high", "response_p90_minutes", "response_p90_low", "response_p90_high")
    assert [row[name] for name in names] == [None] * 6


@pytest.mark.parametrize(
    ("days", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edges_of_the_sample(story, days, status):
    world = story(AS_OF)
    for number in range(days):
        day(world, number, 3 + number % 2)
    row = by_measure(world.run(KPI))[EVERY]
    assert (row["n_old_enough"], row["status"]) == (days, status)
    assert [row[name] is None for name in ("estimate", "low", "high")] == [status == "too_few"] * 3


def test_the_90th_percentile_of_the_response_and_its_interval(story):
    world = story(AS_OF)
    waits = (np.random.default_rng(4).permutation(200) + 1).tolist()  # 1 to 200 minutes
    for number in range(20):
        day(world, number, 10, waits=waits[10 * number : 10 * number + 10])
    row = by_measure(world.run(KPI))[EVERY]
    # the 180th wait; limits by the exact binomial: P(X < low) <= .025 and P(X >= high) <= .025
    assert (row["response_p90_minutes"], row["response_lead_count"]) == (180.0, 200)
    low, high = int(row["response_p90_low"]), int(row["response_p90_high"])
    assert binom.cdf(low - 1, 200, 0.9) <= 0.025 < binom.cdf(low, 200, 0.9)
    assert binom.sf(high - 1, 200, 0.9) <= 0.025 < binom.sf(high - 2, 200, 0.9)


def test_leads_without_a_response_wait_longest(story):
    world = story(AS_OF)
    for number in range(20):
        day(world, number, 10, waits=[5] * 8 + [None] * 2 if number < 11 else [5] * 10)
    # 22 of 200 had none, more than one in ten: the mean over the answered ones would say 5 minutes
    row = by_measure(world.run(KPI))[EVERY]
    assert (row["response_p90_minutes"], row["response_p90_high"], row["response_lead_count"]) == (
        None,
        None,
        200,
    )
    assert row["response_p90_low"] == 5.0


def test_a_response_after_a_week_is_none(story):
    world = story(AS_OF)
    for number in range(20):
        day(world, number, 10, waits=[10080] * 5 + [10081] * 5 if number % 2 else [1] * 10)
    row = by_measure(world.run(KPI))[EVERY]
    assert row["response_p90_minutes"] is None


def test_unanswered_calls_of_the_lead_itself_are_no_response(story):
    world = story(AS_OF)
    for number in range(20):
        day(world, number, 10, waits=[30] * 10)
    for row in list(world.rows["fact_leads"]):
        nine = row["created_at"]
        world.call(row["lead_id"], nine.date(), direction="inbound", started_at=nine, talk_seconds=0.0)
        world.call(
            row["lead_id"],
            nine.date(),
            direction="inbound",
            started_at=nine,
            answered_at=nine + timedelta(minutes=12),
            talk_seconds=0.0,
        )
    assert by_measure(world.run(KPI))[EVERY]["response_p90_minutes"] == 12.0


def test_days_without_staff_are_left_out(story):
    world = story(AS_OF)
    for number in range(30):
        day(world, number, 4, staffed=0 if number % 3 == 0 else 480.0)
    row = by_measure(world.run(KPI))[EVERY]
    assert (row["n_old_enough"], row["arrival_count"], row["denominator"]) == (20, 80, 20 * 480.0)


def test_several_rows_of_a_day_are_one_day(story):
    world = story(AS_OF)
    for number in range(10):
        day(world, number, 4, staffed=100.0)
        world.add("capacity", worked_on=FIRST + timedelta(days=number), staffed_min=50.0, language="fr")
    row = by_measure(world.run(KPI))[EVERY]
    assert (row["n_old_enough"], row["denominator"]) == (10, 1500.0)


def test_without_call_times_a_load_is_unknown(story):
    world = story(AS_OF)
    for number in range(30):
        day(world, number, 4, waits=[None] * 4)
    row = by_measure(world.run(KPI))[EVERY]
    assert (row["status"], row["numerator"], row["estimate"]) == ("not_available", None, None)


def test_calls_and_days_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    for number in range(30):
        day(world, number, 4)
    then = FIRST + timedelta(days=20)
    row = by_measure(world.run(KPI, as_of=then))[EVERY]
    # the twenty days before; the leads of the day itself join on the next
    assert (row["n_old_enough"], row["arrival_count"]) == (20, 80)
    assert row["handling_minutes"] == pytest.approx(10, abs=1e-12)
    assert row["response_lead_count"] == 56  # those of the first 14 days have a week behind them
    for lead in [row["lead_id"] for row in world.rows["fact_leads"][:80]]:
        world.call(lead, then + timedelta(days=1), direction="outbound", talk_seconds=6000.0)
    assert by_measure(world.run(KPI, as_of=then))[EVERY] == row


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for number in range(30):
        day(world, number, 4, segment="smb", staffed=400.0)
        day(world, number, 2, segment="ent", staffed=0)
        day(world, number, 5, 20.0, segment="ent", staffed=0, channel="outbound")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"inbound": (1800, 12000), "outbound": (3000, 12000)}),
        ({"channels": ("outbound",)}, {"outbound": (3000, 12000)}),
        ({"segments": ("ent",)}, {"inbound": (600, 12000), "outbound": (3000, 12000)}),
        (
            {"from_on": "2026-03-11", "to_on": "2026-03-20"},
            {"inbound": (600, 4000), "outbound": (1000, 4000)},
        ),
        ({"regions": ("south",)}, {}),
    ],
)
def test_channels_share_the_staff_and_are_read_apart(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == EVERY]
    found = {row["channel"]: (row["numerator"], row["denominator"]) for row in rows}
    assert found == {name: pytest.approx(pair, abs=1e-9) for name, pair in expected.items()}


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="segment").rows.to_dicts() if row["measure"] == EVERY]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", pytest.approx(600 / 12000, rel=1e-12)),
        ("ent", "outbound", pytest.approx(3000 / 12000, rel=1e-12)),
        ("smb", "inbound", pytest.approx(1200 / 12000, rel=1e-12)),
    ]


def test_no_lead_and_no_capacity_give_no_row(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    day(world, 0, 4, staffed=0)
    assert world.run(KPI).rows.height == 0


@pytest.mark.parametrize(
    ("extract", "column"),
    [("capacity", "staffed_min"), ("calls", "talk_s"), ("calls", "direction"), ("leads", "created_at")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    for number in range(10):
        day(world, number, 4)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate").rows() == [
        ("inbound", "not_available", None),
        ("outbound", "not_available", None),
    ]
