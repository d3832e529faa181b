"""Won against target: the target of a month by working days, and what a month on plan may show by chance."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt

import pytest

KPI = "target_attainment"
Z = 1.959963984540054
NOVEMBER = date(2026, 11, 1)


def target(world, month=NOVEMBER, channel="outbound", amount=100.0):
    world.add("targets", month_on=month, channel=channel, target_amount=amount)


def wins(world, count, closed, value=1, channel="outbound", **values):
    for lead in world.leads(count, channel, "2026-01-02"):
        world.opportunity(lead, "2026-02-02", "won", closed, value, **values)


def by_month(world, channel="outbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel and row["measure"]}


def test_a_month_after_five_of_21_working_days(story):
    # read before work on Monday 9 November 2026: the last complete day is Sunday the 8th (P15d)
    world = story("2026-11-08")
    target(world)
    wins(world, 12, "2026-11-04", 2)
    wins(world, 8, "2026-10-05", 2)
    rows = by_month(world)
    # 24 won of 100 x 5/21 = 23.81 expected; 12 deals of 2: se 2 sqrt(12) of 24, 1/sqrt(12) on the log scale
    expected = 100 * 5 / 21
    assert rows["2026-11"] == {
        "slice": "all",
        "channel": "outbound",
        "numerator": 24.0,
        "denominator": pytest.approx(expected, abs=1e-12),
        "estimate": pytest.approx(24 / expected, abs=1e-12),
        "low": pytest.approx(24 / expected * exp(-Z / sqrt(12)), abs=1e-9),
        "high": pytest.approx(24 / expected * exp(Z / sqrt(12)), abs=1e-9),
        "n_old_enough": 12,
        "status": "provisional",
        "measure": "2026-11",
        "month_on": NOVEMBER,
        "target_amount": 100.0,
        "working_days": 21,
        "elapsed_days": 5,
        # on plan 23.81 come as 11.9 deals of 2: variance 11.9 x 4
        "expected_low": pytest.approx(expected - Z * sqrt(expected * 2), abs=1e-9),
        "expected_high": pytest.approx(expected + Z * sqrt(expected * 2), abs=1e-9),
        "without_value_count": 0,
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    ("as_of", "elapsed"),
    [
        ("2026-10-31", 0),
        ("2026-11-01", 0),
        ("2026-11-02", 1),
        ("2026-11-07", 5),
        ("2026-11-30", 21),
        ("2026-12-24", 21),
    ],
)
def test_working_days_count_up_to_the_last_complete_day(story, as_of, elapsed):
    world = story(as_of)
    target(world)
    wins(world, 20, "2026-10-05")
    row = by_month(world)["2026-11"]
    assert (row["elapsed_days"], row["working_days"]) == (elapsed, 21)
    assert (row["status"] == "too_early") == (elapsed == 0)


def test_the_working_week_is_that_of_the_site(story):
    world = story("2026-11-08")
    hours = {"days": ["sun", "mon"], "from_hour": 9, "to_hour": 17}
    world.settings = world.settings.model_validate({**world.settings.model_dump(), "business_hours": hours})
    target(world)
    row = by_month(world)["2026-11"]
    # Sundays 1, 8, 15, 22, 29 and Mondays 2, 9, 16, 23, 30
    assert (row["elapsed_days"], row["working_days"]) == (3, 10)


def test_a_month_without_a_win_is_0_of_what_was_expected_and_too_few_for_a_ratio(story):
    world = story("2026-11-30")
    target(world)
    row = by_month(world)["2026-11"]
    assert (row["numerator"], row["denominator"], row["estimate"], row["status"]) == (0, 100, None, "too_few")
    assert (row["expected_low"], row["expected_high"]) == (None, None)


def test_twenty_deals_are_judged_ten_are_provisional(story):
    for count, status in ((9, "too_few"), (10, "provisional"), (19, "provisional"), (20, "ok")):
        world = story("2026-11-30")
        target(world)
        wins(world, count, "2026-11-10")
        row = by_month(world)["2026-11"]
        assert (row["status"], row["estimate"] is None) == (status, count < 10)
        assert (row["expected_low"] is None) == (count < 20)


def test_wins_count_by_the_day_of_closing_and_the_channel_of_origin(story):
    world = story("2026-12-31")
    target(world)
    target(world, channel="inbound", amount=50)
    wins(world, 20, "2026-11-30")
    wins(world, 20, "2026-12-01")
    wins(world, 20, "2026-10-31")
    wins(world, 10, "2026-11-15", channel="inbound")
    assert by_month(world)["2026-11"]["estimate"] == pytest.approx(0.2, abs=1e-12)
    assert by_month(world, "inbound")["2026-11"]["numerator"] == 10


def test_deals_without_a_value_are_counted_and_add_nothing(story):
    world = story("2026-11-30")
    target(world)
    wins(world, 20, "2026-11-10")
    wins(world, 3, "2026-11-10", None)
    row = by_month(world)["2026-11"]
    assert (row["numerator"], row["n_old_enough"], row["without_value_count"]) == (20, 23, 3)
    only = story("2026-11-30")
    target(only)
    wins(only, 12, "2026-11-10", None)
    assert (by_month(only)["2026-11"]["numerator"], by_month(only)["2026-11"]["estimate"]) == (None, None)


def test_several_currencies_are_not_added_up(story):
    world = story("2026-11-30")
    target(world)
    wins(world, 20, "2026-11-10")
    wins(world, 1, "2026-11-10", currency="USD")
    row = by_month(world)["2026-11"]
    assert (row["status"], row["numerator"], row["estimate"], row["expected_low"], row["currency"]) == (
        "not_available",
        None,
        None,
        None,
        None,
    )


def test_an_earlier_as_of_knows_no_later_win(story):
    world = story("2026-11-30")
    target(world)
    wins(world, 20, "2026-11-03")
    wins(world, 20, "2026-11-25")
    assert by_month(world, as_of="2026-11-08")["2026-11"]["numerator"] == 20


def test_months_of_the_chosen_days_and_none_outside(story):
    world = story("2026-12-31")
    for month in (10, 11, 12):
        target(world, date(2026, month, 1))
    wins(world, 1, "2026-11-10")
    assert list(by_month(world)) == ["2026-10", "2026-11", "2026-12"]
    assert list(by_month(world, from_on="2026-11-15", to_on="2026-12-01")) == ["2026-11", "2026-12"]
    assert by_month(world, from_on="2027-01-01") == {}


def test_cut_or_filtered_by_anything_but_the_channel_there_is_no_target(story):
    world = story("2026-11-30")
    target(world)
    target(world, channel="inbound")
    wins(world, 20, "2026-11-10")
    for cut in (
        {"slice_by": "source"},
        {"sources": ("web",)},
        {"segments": ("smb",)},
        {"regions": ("north",)},
    ):
        assert by_month(world, **cut) == {}
    assert list(by_month(world, channels=("outbound",))) == ["2026-11"]
    assert by_month(world, "inbound", channels=("outbound",)) == {}


@pytest.mark.parametrize("column", ["month", "channel", "target"])
def test_without_targets_it_is_not_available(story, column):
    world = story("2026-11-30")
    wins(world, 20, "2026-11-10")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'targets' and column_name = ?", [column]
    )
    assert world.run(KPI).unavailable == f"needs the column {column} of the extract targets"


def test_on_plan_the_range_holds_what_is_won(story):
    # 200 months of a Poisson number of deals of 1 to 9: about 95 of 100 lie in the range of the plan
    import numpy as np

    draw = np.random.default_rng(4)
    inside = 0
    sizes = draw.integers(1, 10, 400)
    spread = (sizes**2).sum() / sizes.sum()
    expected = 40 * sizes.mean()
    for _ in range(2000):
        total = draw.choice(sizes, draw.poisson(40)).sum()
        inside += abs(total - expected) <= Z * sqrt(expected * spread)
    assert inside / 2000 == pytest.approx(0.95, abs=0.015)
    world = story("2026-11-30")
    target(world, amount=float(expected))
    for place, size in enumerate(sizes.tolist()):
        wins(world, 1, date(2026, 3, 1) + timedelta(days=place % 200), size)
    row = by_month(world)["2026-11"]
    assert row["expected_high"] - row["denominator"] == pytest.approx(Z * sqrt(expected * spread), abs=1e-9)
