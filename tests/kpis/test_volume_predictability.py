"""Predictability: how much the weekly number of new opportunities moves, against pure chance."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import chi2

from tests.story import Story

KPI = "volume_predictability"
AS_OF = date(2026, 12, 31)  # a Thursday: the last complete week is 21 to 27 December
LAST = date(2026, 12, 21)
RAW, LINE = "week to week", "week to week, around a straight line"


def tell(world, counts, last=LAST, channel="inbound", **values):
    """So many opportunities in each week, the last count in the week of `last`; one before, to open the series."""
    first = last - timedelta(weeks=len(counts) - 1)
    days = [first - timedelta(days=3)]
    days += [
        first + timedelta(weeks=week, days=place % 7)
        for week, count in enumerate(counts)
        for place in range(count)
    ]
    for day in days:
        world.opportunity(world.lead(channel, "2025-01-01", **values), day)


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_variance_over_mean_of_26_weeks(story):
    world = story(AS_OF)
    tell(world, [2, 6] * 13)
    row = by_measure(world.run(KPI))[RAW]
    # mean 4, every week 2 away from it: variance 26 x 4 / 25 = 4.16, index 1.04
    limits = row.pop("low"), row.pop("high")
    assert row == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 104,
        "denominator": 26,
        "estimate": pytest.approx(1.04, abs=1e-12),
        "n_old_enough": 26,
        "status": "ok",
        "measure": RAW,
        "first_week_on": LAST - timedelta(weeks=25),
        "last_week_on": LAST,
        "weekly_mean": 4.0,
        "weekly_variance": pytest.approx(4.16, abs=1e-12),
    }
    # chi-square limits with 25 degrees of freedom; Wilson and Hilferty are within half a percent of them
    exact = 1.04 * 25 / chi2.ppf(0.975, 25), 1.04 * 25 / chi2.ppf(0.025, 25)
    assert limits == pytest.approx(exact, rel=0.005)


@pytest.mark.parametrize("weeks", [26, 52, 150])
def test_the_approximation_keeps_close_to_chi_square(story, weeks):
    world = story(AS_OF)
    counts = np.random.default_rng(weeks).poisson(5, weeks).tolist()
    tell(world, counts)
    index = np.var(counts, ddof=1) / np.mean(counts)
    row = by_measure(world.run(KPI))[RAW]
    assert row["estimate"] == pytest.approx(index, rel=1e-12)
    exact = [index * (weeks - 1) / chi2.ppf(p, weeks - 1) for p in (0.975, 0.025)]
    assert [row["low"], row["high"]] == pytest.approx(exact, rel=0.005)


def test_a_steady_rise_is_left_out_of_the_second_line(story):
    world = story(AS_OF)
    counts = [week // 2 for week in range(30)]
    tell(world, counts)
    rows = by_measure(world.run(KPI))
    weeks = np.arange(30)
    residuals = np.array(counts) - np.polyval(np.polyfit(weeks, counts, 1), weeks)
    assert rows[LINE]["estimate"] == pytest.approx(np.sum(residuals**2) / 28 / np.mean(counts), rel=1e-9)
    assert rows[LINE]["estimate"] < 0.05 < 2 < rows[RAW]["estimate"]
    exact = [rows[LINE]["estimate"] * 28 / chi2.ppf(p, 28) for p in (0.975, 0.025)]
    assert [rows[LINE]["low"], rows[LINE]["high"]] == pytest.approx(exact, rel=0.005)


def test_small_counts_do_not_look_volatile(story):
    # chance alone gives 1 at 1 a week as at 20 a week, although the relative swings are far larger
    world = story(AS_OF)
    draw = np.random.default_rng(11)
    small, large = draw.poisson(1, 60), draw.poisson(20, 60)
    tell(world, small.tolist(), channel="inbound")
    tell(world, large.tolist(), channel="outbound")
    assert np.std(small) / np.mean(small) > 3 * np.std(large) / np.mean(large)
    for channel in ("inbound", "outbound"):
        row = by_measure(world.run(KPI), channel)[RAW]
        assert row["low"] < 1 < row["high"]


def test_weeks_without_an_opportunity_count(story):
    world = story(AS_OF)
    tell(world, [4, 0] * 13)
    row = by_measure(world.run(KPI))[RAW]
    # mean 2, every week 2 away from it: 26 x 4 / 25 / 2
    assert (row["denominator"], row["estimate"]) == (26, pytest.approx(2.08, abs=1e-12))


def test_only_complete_weeks_count(story):
    world = story(AS_OF)
    tell(world, [2, 6] * 13)
    lead = world.lead("inbound", "2025-01-01")
    before = by_measure(world.run(KPI))
    for _ in range(50):
        world.opportunity(lead, "2026-12-28")  # the running week
        world.opportunity(lead, LAST - timedelta(weeks=26))  # the week the series opens in
    assert by_measure(world.run(KPI)) == before
    # on a Sunday the week is not over, on the Monday it is
    assert by_measure(world.run(KPI, as_of="2026-12-27"))[RAW]["last_week_on"] == LAST - timedelta(weeks=1)
    assert by_measure(world.run(KPI, as_of="2026-12-28"))[RAW]["last_week_on"] == LAST


def test_a_window_is_cut_to_its_complete_weeks(story):
    world = story(AS_OF)
    tell(world, [3] * 60)
    row = by_measure(world.run(KPI, from_on="2026-01-06", to_on="2026-11-28"))[RAW]
    # from Tuesday 6 January: the week of the 12th; to Saturday 28 November: the week of the 16th
    assert (row["first_week_on"], row["last_week_on"]) == (date(2026, 1, 12), date(2026, 11, 16))
    assert (row["denominator"], row["numerator"], row["estimate"]) == (45, 135, 0.0)
    row = by_measure(world.run(KPI, from_on="2026-01-05", to_on="2026-11-29"))[RAW]
    assert (row["first_week_on"], row["last_week_on"]) == (date(2026, 1, 12), date(2026, 11, 23))


def test_an_opportunity_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    tell(world, [2, 6] * 13 + [9, 9], last=LAST + timedelta(weeks=2))
    row = by_measure(world.run(KPI))[RAW]
    assert (row["numerator"], row["denominator"]) == (104, 26)


@pytest.mark.parametrize(("weeks", "status"), [(25, "too_few"), (26, "ok")])
def test_twenty_six_weeks_are_needed(story, weeks, status):
    world = story(AS_OF)
    tell(world, [week % 3 for week in range(weeks)])
    for row in by_measure(world.run(KPI)).values():
        assert (row["status"], row["n_old_enough"]) == (status, weeks)
        names = ("estimate", "low", "high", "weekly_mean", "weekly_variance")
        assert [row[name] is None for name in names] == [status == "too_few"] * 5


def test_weeks_without_any_opportunity_have_no_index(story):
    world = story(AS_OF)
    tell(world, [0] * 30)
    row = by_measure(world.run(KPI))[RAW]
    assert (row["numerator"], row["denominator"], row["estimate"], row["status"]) == (0, 30, None, "too_few")


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    tell(world, [2, 6] * 13, segment="smb")
    tell(world, [4] * 26, segment="ent")
    tell(world, [4, 0] * 13, segment="ent", channel="outbound")
    return world


def test_filters_choose_opportunities(mixed):
    rows = [row for row in mixed.run(KPI, segments=("ent",)).rows.to_dicts() if row["measure"] == RAW]
    assert [(row["channel"], row["numerator"]) for row in rows] == [("inbound", 104), ("outbound", 52)]
    rows = mixed.run(KPI, channels=("outbound",)).rows.to_dicts()
    assert [row["channel"] for row in rows] == ["outbound"] * 2
    assert mixed.run(KPI, regions=("south",)).rows.height == 0


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="segment").rows.to_dicts() if row["measure"] == RAW]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 0.0),
        ("ent", "outbound", pytest.approx(2.08, abs=1e-12)),
        ("smb", "inbound", pytest.approx(1.04, abs=1e-12)),
    ]


def test_no_opportunity_gives_no_row(story):
    world = story(AS_OF)
    world.leads(50)
    assert world.run(KPI).rows.height == 0


def test_without_its_data_it_is_not_available(story):
    world = story(AS_OF)
    tell(world, [2, 6] * 13)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = 'created_at'"
    )
    result = world.run(KPI)
    assert result.unavailable == "needs the column created_at of the extract opportunities"
    assert result.rows.select("channel", "status", "estimate").rows() == [
        ("inbound", "not_available", None),
        ("outbound", "not_available", None),
    ]
