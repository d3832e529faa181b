"""Reporting lag: how long after a call it stands in the CRM, without the days that are too new to tell."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story, on

KPI = "crm_update_lag"
AS_OF = date(2026, 12, 31)


def log(world, lead, lag_minutes, day="2026-06-01", length=5):
    """A call at nine that lasted `length` minutes, logged that long after its end (None: not logged)."""
    started = datetime.combine(on(day), time(9))
    ended = started + timedelta(minutes=length)
    logged = None if lag_minutes is None else ended + timedelta(minutes=lag_minutes)
    world.call(lead, started.date(), started_at=started, ended_at=ended, crm_logged_at=logged)


def test_the_median_the_ninetieth_and_the_late_ones(story):
    world = story(AS_OF)
    lead = world.lead()
    lags = [*range(1, 36), 1440, 1441, 2000, 3000, 4000]
    for lag in np.random.default_rng(2).permutation(lags):
        log(world, lead, int(lag))
    # ranks of 40: P(Binomial(40, 1/2) < 14) <= .025, hence the 14th and the 27th; for .9 the 32nd and the 39th or none
    rank = int(binom.ppf(0.025, 40, 0.5))
    p90_low, p90_high = int(binom.ppf(0.025, 40, 0.9)), 41 - int(binom.ppf(0.025, 40, 0.1))
    assert (rank, p90_low, p90_high) == (14, 32, 40)
    late = proportion_confint(4, 40, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 40,
            "denominator": 40,
            "estimate": 20.5,
            "low": float(sorted(lags)[rank - 1]),
            "high": float(sorted(lags)[40 - rank]),
            "n_old_enough": 40,
            "status": "ok",
            "p90_minutes": pytest.approx(np.quantile(lags, 0.9), rel=1e-12),
            "p90_low": float(sorted(lags)[p90_low - 1]),
            "p90_high": float(sorted(lags)[p90_high - 1]),
            "late_count": 4,
            "late_share": 0.1,
            "late_low": pytest.approx(late[0], abs=1e-9),
            "late_high": pytest.approx(late[1], abs=1e-9),
            "unlogged_count": 0,
            "unknown_count": 0,
            "trim_days": 2,  # p95 of the lags lies at 2,028 minutes
        }
    ]


def test_the_newest_days_do_not_make_the_lag_look_short(story):
    # every call takes four days to be logged, but for those of the last days, of which only the quick are in yet
    world = story(AS_OF)
    lead = world.lead()
    for _ in range(100):
        log(world, lead, 4 * 1440 - 60)
    for _ in range(40):
        log(world, lead, 1, day="2026-12-29")
        log(world, lead, 4 * 1440, day="2026-12-29")  # logged in January: nobody can know yet
    row = world.row(KPI)
    assert (row["trim_days"], row["denominator"], row["unlogged_count"]) == (4, 100, 0)
    assert row["estimate"] == 4 * 1440 - 60


def test_the_last_day_kept_is_trim_days_before_as_of(story):
    world = story(AS_OF)
    lead = world.lead()
    for day in ("2026-06-01", "2026-12-28", "2026-12-29"):
        for _ in range(20):
            log(world, lead, 3 * 1440, day=day) if day < "2026-12-28" else log(world, lead, 2 * 1440, day=day)
    # p95 is three days: the 28th is kept, the 29th is too new
    row = world.row(KPI)
    assert (row["trim_days"], row["numerator"]) == (3, 40)


def test_a_call_never_logged_is_counted_apart(story):
    world = story(AS_OF)
    lead = world.lead()
    for lag in [10] * 20 + [None] * 15:
        log(world, lead, lag)
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["unlogged_count"]) == (20, 35, 15)
    assert (row["estimate"], row["late_share"]) == (10.0, 0.0)


def test_logged_before_its_end_is_a_clock_that_is_wrong_and_no_lag_of_none(story):
    world = story(AS_OF)
    lead = world.lead()
    for _ in range(10):
        log(world, lead, -3)
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"], row["status"]) == (0, None, "too_few")
    for lag in [20] * 10 + [None] * 5:
        log(world, lead, lag)
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["estimate"]) == (10, 25, 20)
    assert (row["unknown_count"], row["unlogged_count"]) == (10, 5)


def test_the_lag_after_an_end_that_cannot_be_is_unknown(story):
    world = story(AS_OF)
    lead = world.lead()
    at = datetime(2026, 6, 1, 9, 30, 10)
    for ended, answered in ((-60, None), (30, 90), (90, 30)):
        stamps = {"ended_at": at + timedelta(seconds=ended), "crm_logged_at": at + timedelta(seconds=690)}
        stamps["answered_at"] = at + timedelta(seconds=answered) if answered else None
        for _ in range(10):
            world.call(lead, at.date(), started_at=at, **stamps)
    row = world.row(KPI)
    assert (row["numerator"], row["unknown_count"], row["estimate"]) == (10, 20, 10)


def test_without_an_end_the_start_counts(story):
    world = story(AS_OF)
    lead = world.lead()
    for _ in range(10):
        at = datetime(2026, 6, 1, 9)
        world.call(lead, at.date(), started_at=at, crm_logged_at=at + timedelta(seconds=90))
    assert world.row(KPI)["estimate"] == 1.5


@pytest.mark.parametrize(("count", "status"), [(9, "too_few"), (10, "ok")])
def test_ten_logged_calls_are_needed(story, count, status):
    world = story(AS_OF)
    lead = world.lead()
    for _ in range(count):
        log(world, lead, 5)
    row = world.row(KPI)
    assert (row["numerator"], row["n_old_enough"], row["trim_days"]) == (count, count, 1)
    shown = [
        row[name] is not None for name in ("estimate", "low", "high", "p90_minutes", "late_share", "late_low")
    ]
    assert (row["status"], shown) == (status, [status == "ok"] * 6)


def test_calls_and_logging_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    lead = world.lead()
    for _ in range(20):
        log(world, lead, 30)
        log(world, lead, 2, day="2027-01-02")
    assert world.row(KPI)["denominator"] == 20
    log(world, lead, 365 * 1440)
    row = world.row(KPI)
    assert (row["numerator"], row["unlogged_count"], row["estimate"]) == (20, 1, 30.0)
    assert world.run(KPI, as_of="2026-05-31").rows.height == 0


def test_no_call_in_the_window_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    log(world, world.lead(), 5)
    assert world.run(KPI, from_on="2026-07-01").rows.height == 0


def test_filters_and_slices_choose_calls(story):
    world = story(AS_OF)
    for name, channel, lag, day in (
        ("web", "inbound", 5, "2026-06-01"),
        ("list", "outbound", 60, "2026-08-01"),
    ):
        lead = world.lead(channel, source=name)
        for _ in range(12):
            log(world, lead, lag, day=day)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("list", "outbound", 60.0),
        ("web", "inbound", 5.0),
    ]
    assert world.run(KPI, sources=("list",)).rows["channel"].to_list() == ["outbound"]
    # from and to are days of the call
    assert world.run(KPI, from_on="2026-07-01").rows["channel"].to_list() == ["outbound"]


@pytest.mark.parametrize("column", ["crm_logged_at", "started_at"])
def test_without_its_data_it_is_not_available(column):
    world = Story(AS_OF)
    log(world, world.lead(), 5)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
