"""Pipeline value per account set: frozen amounts of the opportunities by day 180 over the accounts targeted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from tests.story import Story

KPI = "pipeline_per_account_set"
AS_OF = date(2026, 12, 31)
TARGETED = date(2025, 6, 2)


def target(
    world, count, amount=None, opened=30, targeted=TARGETED, set_id="list-a", currency="EUR", **values
):
    """`count` targeted accounts with a lead each, and an opportunity of that amount."""
    leads = world.leads(count, "outbound", targeted, **values)
    for lead in leads:
        world.add("account_sets", account_id=f"account of {lead}", set_id=set_id, targeted_on=targeted)
        if amount is not None:
            world.opportunity(lead, targeted + timedelta(days=opened), acv=amount, currency=currency)
    return leads


def limits(values):
    """Log-delta interval of a mean, one cluster an entry: Var ln = G/(G-1) sum (v/V - 1/G)^2."""
    v = np.array(values, float)
    se = np.sqrt(len(v) / (len(v) - 1) * ((v / v.sum() - 1 / len(v)) ** 2).sum())
    return [v.mean() * np.exp(sign * 1.959963984540054 * se) for sign in (-1, 1)]


def test_ten_opportunities_of_2000_and_one_of_10000_in_100_accounts(story):
    world = story(AS_OF)
    target(world, 10, 2000)
    target(world, 1, 10_000)
    target(world, 89)
    low, high = limits([2000] * 10 + [10_000] + [0] * 89)
    # 30,000 / 100 accounts. 95th percentile of the 11 amounts (type 7): place 9.5, half way from 2,000 to 10,000 = 6,000,
    # so the winsorised sum is 26,000. Every account was followed beyond day 30: the cumulative value is the same 300.
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 30_000.0,
            "denominator": 100,
            "estimate": 300.0,
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 180,
            "currency": "EUR",
            "opportunity_count": 11,
            "recorded_count": 0,
            "without_amount_count": 0,
            "mean_cumulative_value": pytest.approx(300.0, abs=1e-9),
            "winsorised_value": pytest.approx(260.0, abs=1e-9),
            "largest_share": pytest.approx(1 / 3, abs=1e-12),
        }
    ]


def test_the_amount_is_the_one_first_recorded_not_the_edited_one(story):
    world = story(AS_OF)
    for lead in target(world, 50):
        world.opportunity(lead, TARGETED, acv=9000, opportunity_id=f"deal of {lead}")
        for day, amount in ((1, None), (2, 1000), (40, 5000), (90, 9000)):
            at = datetime.combine(TARGETED, datetime.min.time()) + timedelta(days=day)
            world.add(
                "opportunity_changes",
                opportunity_id=f"deal of {lead}",
                changed_at=at,
                changed_on=at.date(),
                amount=amount,
            )
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["recorded_count"], row["opportunity_count"]) == (1000.0, 50, 50)


def test_every_opportunity_of_the_account_by_the_horizon_counts(story):
    world = story(AS_OF)
    for lead in target(world, 50, 1000):
        world.opportunity(lead, TARGETED + timedelta(days=180), acv=500)
        world.opportunity(lead, TARGETED + timedelta(days=181), acv=70_000)
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["estimate"], row["opportunity_count"]) == (75_000.0, 1500.0, 100)


def test_one_very_large_deal_is_seen_for_what_it_is(story):
    world = story(AS_OF)
    target(world, 40, 1000)
    target(world, 1, 1_000_000)
    row = world.row(KPI, "outbound")
    # 41 amounts: the 95th percentile stands at place 38 of 0 to 40, a deal of 1,000
    assert row["winsorised_value"] == pytest.approx(1000.0, abs=1e-9)
    assert row["estimate"] == pytest.approx(1_040_000 / 41, abs=1e-9)
    assert row["largest_share"] == pytest.approx(1_000_000 / 1_040_000, abs=1e-12)


def test_amounts_of_several_currencies_are_not_added_up(story):
    world = story(AS_OF)
    target(world, 50, 1000)
    target(world, 50, 1000, currency="USD")
    row = world.row(KPI, "outbound")
    assert (row["status"], row["denominator"], row["opportunity_count"]) == ("not_available", 100, 100)
    assert [row[name] for name in ("numerator", "estimate", "low", "high", "currency")] == [None] * 5


def test_young_accounts_wait_but_add_to_the_cumulative_value(story):
    world = story(AS_OF)
    target(world, 50, 1000)
    target(world, 50, 5000, targeted=AS_OF - timedelta(days=60))
    row = world.row(KPI, "outbound")
    assert (row["n_old_enough"], row["estimate"], row["opportunity_count"]) == (50, 1000.0, 50)
    # at age 30 all 100 accounts were followed: (50 x 1,000 + 50 x 5,000) / 100
    assert row["mean_cumulative_value"] == pytest.approx(3000.0, abs=1e-9)


def test_accounts_with_an_open_opportunity_are_left_out(story):
    world = story(AS_OF)
    target(world, 50, 1000)
    for lead in target(world, 25, 8000):
        world.opportunity(lead, TARGETED - timedelta(days=5), acv=8000)
    row = world.row(KPI, "outbound")
    assert (row["denominator"], row["estimate"]) == (50, 1000.0)


def test_an_opportunity_without_an_amount_is_counted_apart(story):
    world = story(AS_OF)
    target(world, 40, 1000)
    for lead in target(world, 10):
        world.opportunity(lead, TARGETED)
    row = world.row(KPI, "outbound")
    assert (row["opportunity_count"], row["without_amount_count"], row["estimate"]) == (40, 10, 800.0)


def test_an_opportunity_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    target(world, 50, 1000, opened=10, targeted=TARGETED)
    target(world, 50, 7000, opened=100, targeted=AS_OF - timedelta(days=100))
    earlier = world.row(KPI, "outbound", horizon=90, as_of=AS_OF - timedelta(days=1))
    # the 50 young ones are 99 days old and have opened nothing yet
    assert (earlier["opportunity_count"], earlier["estimate"], earlier["n_old_enough"]) == (50, 500.0, 100)
    assert world.row(KPI, "outbound", horizon=100)["estimate"] == 4000.0


@pytest.mark.parametrize(("count", "status"), [(4, "too_few"), (5, "ok")])
def test_five_opportunities_are_needed(story, count, status):
    world = story(AS_OF)
    target(world, count, 1000)
    target(world, 100 - count)
    row = world.row(KPI, "outbound")
    assert (row["status"], row["opportunity_count"]) == (status, count)
    assert row["estimate"] == (50.0 if count == 5 else None)


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(29, 0, "too_few"), (29, 1, "too_early"), (30, 0, "provisional"), (100, 0, "ok")],
)
def test_the_gate_counts_accounts_of_180_days(story, old, young, status):
    world = story(AS_OF)
    target(world, old, 1000, 10, AS_OF - timedelta(days=180))
    target(world, young, 1000, 10, AS_OF - timedelta(days=179))
    row = world.row(KPI, "outbound")
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert (row["estimate"] is None) == (row["low"] is None) == (row["high"] is None) == (old < 30)


def test_nothing_targeted_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "outbound", TARGETED)
    assert world.run(KPI).rows.height == 0
    target(world, 100, 1000)
    assert world.run(KPI, from_on="2025-06-03").rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for amount, set_id, segment in ((1000, "a", "ent"), (2000, "b", "smb"), (6000, "b", "ent")):
        target(world, 30, amount, set_id=set_id, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sources": ("a",)}, [("all", 1000.0, 30)]),
        ({"segments": ("ent",)}, [("all", 3500.0, 60)]),
        ({"channels": ("inbound",)}, []),
        ({"slice_by": "source"}, [("a", 1000.0, 30), ("b", 4000.0, 60)]),
        ({"slice_by": "segment"}, [("ent", 3500.0, 60), ("smb", 2000.0, 30)]),
    ],
)
def test_filters_and_slices_by_set_and_segment(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert [(row["slice"], row["estimate"], row["denominator"]) for row in rows] == expected


@pytest.mark.parametrize(
    ("extract", "column"), [("account_sets", "targeted_from"), ("opportunities", "amount")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    target(world, 50, 1000)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
