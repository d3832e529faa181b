"""Mean time still open and mean time lost to arriving, up to an age."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.statistics.units import AS_OF, LOST, OPEN, SMALL, WON, Unit, asked, drawn

FIGURES = ("open_mean", "open_mean_se", "reached_mean", "reached_mean_se")


def means(units, tau, **scope):
    return {
        (row["slice"], row["channel"]): row
        for row in asked(units, f"restricted_mean('won', $scope, [{tau}])", **scope)
    }


def alone(units, tau):
    return means(units, tau)["all", "inbound"]


def test_restricted_means_of_lung_to_730_as_r_prints_them(published):
    data = published("km_lung_quantiles_rmst")
    for group, expected in data["expected"].items():
        pairs = zip(data["data"][group]["time"], data["data"][group]["event"], strict=True)
        row = alone([Unit(time, event) for time, event in pairs], 730)
        assert row["open_mean"] == pytest.approx(expected["rmst730_exact"], abs=1e-9)
        assert row["open_mean_se"] == pytest.approx(expected["rmst730_se_exact"], abs=1e-9)
        assert row["open_mean"] == pytest.approx(expected["rmst730"], abs=0.5)
        assert row["open_mean_se"] == pytest.approx(expected["rmst730_se"], abs=0.05)


def test_without_censoring_both_are_plain_means_of_days():
    # won at 2 and 5 days, lost at 3, one open; all followed for 20 days; up to day 10
    units = [Unit(2, WON), Unit(5, WON), Unit(3, LOST), Unit(20, OPEN)]
    row = alone([replace(unit, followed=20) for unit in units], 10)
    # open for 2, 5, 3 and 10 days: mean 5, mean of squares (4 + 25 + 9 + 100)/4 = 34.5, variance 9.5 over 4 leads
    assert row["open_mean"] == pytest.approx(5, abs=1e-12)
    assert row["open_mean_se"] == pytest.approx(sqrt(9.5 / 4), abs=1e-12)
    # won for 8, 5, 0 and 0 of the 10 days: mean 3.25, variance 89/4 - 10.5625 = 11.6875
    assert row["reached_mean"] == pytest.approx(3.25, abs=1e-12)
    assert row["reached_mean_se"] == pytest.approx(sqrt(11.6875 / 4), abs=1e-12)
    assert (row["age_days"], row["unit_count"], row["n_old_enough"], row["status"]) == (10, 4, 4, "too_few")


def test_lifelines_finds_the_same_mean():
    draw = np.random.default_rng(7)
    times, causes = draw.integers(1, 60, 200), draw.choice([OPEN, WON], 200)
    row = alone([Unit(int(time), int(cause)) for time, cause in zip(times, causes, strict=True)], 45)
    assert row["open_mean"] == pytest.approx(
        restricted_mean_survival_time(KaplanMeierFitter().fit(times, causes), t=45), abs=1e-6
    )


def influences(units, tau):
    """Kaplan-Meier and the influence of every unit on the incidence, day by day as statistics.md 5.9 writes them."""
    risk = [unit for unit in units if unit.time > unit.entry]
    days = range(max(unit.time for unit in risk) + 1)
    n = {day: sum(unit.entry < day <= unit.time for unit in risk) for day in days}
    d1 = {day: sum(unit.time == day and unit.cause == WON for unit in risk) for day in days}
    d = {day: sum(unit.time == day and unit.cause != OPEN for unit in risk) for day in days}
    still, before, share, level = {}, {}, {}, 1.0
    reached = 0.0
    for day in days:
        before[day] = level
        if n[day]:
            reached += level * d1[day] / n[day]
            level *= 1 - d[day] / n[day]
        still[day], share[day] = level, reached
    last = len(days) - 1
    table = np.zeros((len(risk), tau))
    for at in range(tau):
        now = min(at, last)
        for place, unit in enumerate(risk):
            lived = [day for day in days if unit.entry < day <= min(unit.time, at)]
            value = -sum(before[s] * d1[s] / n[s] ** 2 for s in lived)
            value += sum(
                (share[now] - share[s]) * d[s] / (n[s] * (n[s] - d[s])) for s in lived if n[s] > d[s]
            )
            if unit.time <= at and unit.cause == WON:
                value += before[unit.time] / n[unit.time]
            if unit.time <= at and unit.cause != OPEN and n[unit.time] > d[unit.time]:
                value -= (share[now] - share[unit.time]) / (n[unit.time] - d[unit.time])
            table[place, at] = value
    area = sum(still[min(at, last)] for at in range(tau))
    return area, sum(share[min(at, last)] for at in range(tau)), table


@SMALL
@given(drawn(channels=("inbound",)))
def test_they_are_what_their_definition_says(units):
    tau = 20
    found = means(units, tau)
    risk = [unit for unit in units if unit.entry < min(unit.time, tau)]
    row = found["all", "inbound"]
    if not risk:
        assert row["open_mean"] is None and row["reached_mean"] is None
        return
    area, gained, table = influences(units, tau)
    # Ages are whole days, so the area under a step curve is the sum of its days.
    assert row["open_mean"] == pytest.approx(area, abs=1e-9)
    assert row["reached_mean"] == pytest.approx(gained, abs=1e-9)
    assert row["reached_mean_se"] ** 2 == pytest.approx((table.sum(axis=1) ** 2).sum(), abs=1e-9)


@SMALL
@given(drawn(channels=("inbound",)))
def test_time_open_won_and_lost_add_up_to_the_whole(units):
    swapped = [replace(unit, cause={WON: LOST, LOST: WON}.get(unit.cause, OPEN)) for unit in units]
    row, other = alone(units, 20), alone(swapped, 20)
    if row["open_mean"] is not None:
        assert row["open_mean"] + row["reached_mean"] + other["reached_mean"] == pytest.approx(20, abs=1e-9)
        assert other["open_mean_se"] == pytest.approx(row["open_mean_se"], abs=1e-9)


@SMALL
@given(drawn(channels=("inbound",)))
def test_every_lead_twice_gives_the_same_means_and_errors_smaller_by_root_two(units):
    row, double = alone(units, 20), alone(units * 2, 20)
    if row["open_mean"] is None:
        assert double["open_mean"] is None
        return
    for name in ("open_mean", "reached_mean"):
        assert double[name] == pytest.approx(row[name], abs=1e-9)
        assert double[f"{name}_se"] == pytest.approx(row[f"{name}_se"] / sqrt(2), abs=1e-7)


def test_before_the_first_age_at_which_anybody_is_at_risk_all_are_open():
    # Both come in at age 5 (from 6 on they are at risk); won at 8, open until 20: 8 whole days, half of the rest to 12.
    row = alone([Unit(8, WON, entry=5), Unit(20, OPEN, entry=5)], 12)
    assert row["open_mean"] == pytest.approx(8 + 4 / 2, abs=1e-12)
    assert row["reached_mean"] == pytest.approx(4 / 2, abs=1e-12)


def test_a_curve_that_ends_earlier_is_carried_flat_and_says_that_nobody_is_old_enough():
    # half won at 4 days, nobody followed beyond 6: flat at one half up to 30
    row = alone([Unit(4, WON, followed=6), Unit(6, OPEN)], 30)
    assert row["reached_mean"] == pytest.approx(26 / 2, abs=1e-12)
    assert (row["n_old_enough"], row["status"]) == (0, "too_few")


def test_leads_that_arrive_today_change_nothing_and_alone_have_no_mean():
    units, today = [Unit(4, WON), Unit(9, OPEN)], [Unit(0, OPEN)] * 50
    before, after = alone(units, 8), alone(units + today, 8)
    assert [after[name] for name in (*FIGURES, "n_old_enough")] == [
        before[name] for name in (*FIGURES, "n_old_enough")
    ]
    assert [alone(today, 8)[name] for name in FIGURES] == [None] * 4


def test_slices_filters_and_an_empty_scope():
    units = [
        Unit(4, WON, followed=9),
        Unit(9, OPEN),
        Unit(2, LOST, segment="ent", channel="outbound", followed=9),
    ]
    rows = means(units, 8, slice_by="segment")
    # smb: won at 4 of 8 days, one of two; ent: open for 2 days
    assert {key: (row["open_mean"], row["reached_mean"]) for key, row in rows.items()} == {
        ("smb", "inbound"): (6, 2),
        ("ent", "outbound"): (2, 0),
    }
    assert list(means(units, 8, channels=("outbound",))) == [("all", "outbound")]
    assert means(units, 8, segments=("none",)) == {}


def test_counts_and_rows_agree(story):
    world = story(AS_OF)
    world.units([3, 8, 8, 20, 21, 30, 30], [1, 0, 1, 2, 1, 0, 1], entries=[-1, -1, 2, 5, -1, 7, -1])
    found = [
        asked_rows(
            world.journeys("won"),
            "select * from restricted_mean('won', $scope, [25])",
            Scope(AS_OF, reads=reads),
            {"won"},
        )
        for reads in ("counts", "facts")
    ]
    assert len(found[0]) == 1 and found[0] == found[1]


def test_minutes_to_a_response(story):
    world = story(AS_OF)
    created = datetime.combine(AS_OF - timedelta(days=30), time(9))
    for minutes in (10, 30):
        lead = world.lead("inbound", created.date(), created_at=created)
        world.call(
            lead, created.date(), direction="outbound", started_at=created + timedelta(minutes=minutes)
        )
    row = asked_rows(
        world.database(),
        "select * from restricted_mean('response', $scope, [60])",
        Scope(AS_OF, reads="counts"),
    )[0]
    # answered for 50 and 30 of the first 60 minutes
    assert (row["open_mean"], row["reached_mean"]) == (20, 40)


def test_several_horizons_at_once_are_as_each_alone():
    units = [Unit(3 + place % 17, place % 3, entry=-1 + place % 4) for place in range(40)]
    together = asked(units, "restricted_mean('won', $scope, [5, 25, 12])")
    apart = [asked(units, f"restricted_mean('won', $scope, [{tau}])")[0] for tau in (5, 12, 25)]
    assert together == apart
