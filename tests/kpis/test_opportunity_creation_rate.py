"""Opportunity creation rate: of the targeted accounts, how many have a first opportunity by day 120."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "opportunity_creation_rate"
AS_OF = date(2026, 12, 31)
TARGETED = date(2025, 6, 2)


def target(world, count, opened=None, targeted=TARGETED, set_id="list-a", **values):
    """`count` targeted accounts with a lead each, and an opportunity so many days after targeting."""
    leads = world.leads(count, "outbound", targeted, **values)
    for lead in leads:
        world.add("account_sets", account_id=f"account of {lead}", set_id=set_id, targeted_on=targeted)
        if opened is not None:
            world.opportunity(lead, targeted + timedelta(days=opened))
    return leads


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def test_thirty_of_a_hundred_accounts_by_day_120_and_forty_in_the_year(story):
    world = story(AS_OF)
    for count, opened in ((30, 120), (10, 121), (60, None)):
        target(world, count, opened)
    low, high = loglog(0.3, sqrt(0.3 * 0.7 / 100))
    low_year, high_year = loglog(0.4, sqrt(0.4 * 0.6 / 100))
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 30,
            "denominator": 100,
            "estimate": pytest.approx(0.3, abs=1e-12),
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 120,
            "judge_on": TARGETED + timedelta(days=120),
            "share_by_365": pytest.approx(0.4, abs=1e-12),
            "low_by_365": pytest.approx(low_year, abs=1e-12),
            "high_by_365": pytest.approx(high_year, abs=1e-12),
            "n_by_365": 100,
        }
    ]


def test_accounts_with_an_open_opportunity_are_left_out(story):
    world = story(AS_OF)
    target(world, 100, 30)
    for lead in target(world, 40, 10):
        world.opportunity(lead, TARGETED - timedelta(days=5))  # still open
    for lead in target(world, 20):
        day = TARGETED - timedelta(days=1)
        world.opportunity(lead, TARGETED - timedelta(days=50), "lost", day)  # over before targeting
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["denominator"]) == (100, 120)


def test_young_accounts_are_censored(story):
    world = story(AS_OF)
    target(world, 50, 60)
    target(world, 50)
    target(world, 100, targeted=AS_OF - timedelta(days=30))
    row = world.row(KPI, "outbound")
    # at day 60 the 100 young ones are gone from the risk set: 50 / 100
    assert (row["estimate"], row["n_old_enough"], row["denominator"]) == (0.5, 100, 200)


def test_an_opportunity_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    target(world, 100, 100, targeted=AS_OF - timedelta(days=100))
    assert world.row(KPI, "outbound", horizon=100)["numerator"] == 100
    assert world.row(KPI, "outbound", horizon=90, as_of=AS_OF - timedelta(days=1))["numerator"] == 0


def test_the_first_opportunity_of_an_account_counts_once_whatever_lead_it_has(story):
    world = story(AS_OF)
    for lead in target(world, 100, 50):
        other = world.lead("inbound", TARGETED, account_id=f"account of {lead}")
        world.opportunity(other, TARGETED + timedelta(days=20), account_id=f"account of {lead}")
    row = world.row(KPI, "outbound", horizon=30)
    assert (row["channel"], row["numerator"], row["denominator"]) == ("outbound", 100, 100)
    assert world.run(KPI).rows.height == 1


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 5, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_gate_counts_accounts_of_120_days(story, old, young, status):
    world = story(AS_OF)
    target(world, old, 10, AS_OF - timedelta(days=120))
    target(world, young, None, AS_OF - timedelta(days=119))
    row = world.row(KPI, "outbound")
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert (row["estimate"] is None) == (row["low"] is None) == (row["high"] is None) == (old < 30)
    # nobody was targeted a year ago
    assert (row["n_by_365"], row["share_by_365"]) == (0, None)


def test_nothing_targeted_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "outbound", TARGETED)
    assert world.run(KPI).rows.height == 0
    target(world, 100, 10)
    assert world.run(KPI, from_on="2025-06-09").rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for count, opened, set_id, segment in (
        (30, 10, "a", "ent"),
        (10, None, "a", "ent"),
        (20, 10, "b", "smb"),
        (20, None, "b", "ent"),
    ):
        target(world, count, opened, set_id=set_id, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sources": ("a",)}, [("all", 30, 40)]),
        ({"segments": ("ent",)}, [("all", 30, 60)]),
        ({"channels": ("inbound",)}, []),
        ({"slice_by": "source"}, [("a", 30, 40), ("b", 20, 40)]),
        ({"slice_by": "segment"}, [("ent", 30, 60), ("smb", 20, 20)]),
    ],
)
def test_filters_and_slices_by_set_and_segment(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert [(row["slice"], row["numerator"], row["denominator"]) for row in rows] == expected


def test_without_account_sets_it_is_not_available(story):
    world = story(AS_OF)
    target(world, 100, 10)
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'account_sets'")
    result = world.run(KPI)
    assert result.unavailable == "needs the column targeted_from of the extract account_sets"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
