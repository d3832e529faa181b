"""Net revenue retention: what customers hold a year after their first win, over what they started with."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "net_revenue_retention"
AS_OF = date(2026, 12, 31)
Z95 = 1.959963984540054
WON = date(2025, 6, 1)


def book(world, lead, day, kind, amount):
    world.add("revenue", account_id=f"account of {lead}", booked_on=day, kind=kind, arr_amount=amount)


def customers(world, starts, channel="outbound", won=WON, **values):
    """One customer for each amount of `starts`, booked as new three days after the win."""
    leads = world.leads(len(starts), channel, won - timedelta(days=30), **values)
    for lead, amount in zip(leads, starts, strict=True):
        world.won(lead, won, amount)
        if amount:
            book(world, lead, won + timedelta(days=3), "new", amount)
    return leads


def after(days, won=WON):
    return won + timedelta(days=days)


def test_what_is_held_after_a_year_over_what_was_started_with(story):
    world = story(AS_OF)
    starts = [1000 * (1 + place % 4) for place in range(24)]
    won = customers(world, starts)
    held = np.array(starts, dtype=float)
    for place, (kind, share) in enumerate((("expansion", 0.5), ("contraction", -0.25), ("churn", -1.0))):
        for k in range(place, 24, 6):
            book(world, won[k], after(100), kind, starts[k] * share)
            held[k] += starts[k] * share
    # a ratio of sums by account: residuals y - R x, 24/23, on the log scale
    x = np.array(starts, dtype=float)
    ratio = held.sum() / x.sum()
    log_se = sqrt(np.square(held - ratio * x).sum() * 24 / 23) / held.sum()
    # 4 each of expansion .5 on 1,000 and 3,000; contraction .25 on 2,000 and 4,000; churn on 3,000 and 1,000
    assert (x.sum(), held.sum()) == (60_000, 60_000 + 4000 - 3000 - 8000)
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 53_000.0,
            "denominator": 60_000.0,
            "estimate": pytest.approx(53 / 60, rel=1e-12),
            "low": pytest.approx(ratio * exp(-Z95 * log_se), rel=1e-9),
            "high": pytest.approx(ratio * exp(Z95 * log_se), rel=1e-9),
            "n_old_enough": 24,
            "status": "ok",
            "horizon_days": 365,
            "judge_on": after(365),
            "customer_count": 24,
            "left_out_count": 0,
        }
    ]


def test_cohorts_of_different_age_are_not_mixed(story):
    # the old ones have doubled by day 365 (and trebled since); the young ones have had no time to
    world = story(AS_OF)
    for lead in customers(world, [1000] * 20):
        book(world, lead, after(365), "expansion", 1000)
        book(world, lead, after(366), "expansion", 1000)
    customers(world, [1000] * 30, won=AS_OF - timedelta(days=364))
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["n_old_enough"], row["customer_count"]) == (2.0, 20, 50)


def test_a_second_new_product_is_not_retention(story):
    world = story(AS_OF)
    for lead in customers(world, [1000] * 20):
        book(world, lead, after(200), "new", 1000)
    assert world.row(KPI, "outbound")["estimate"] == 1.0


def test_customers_without_a_new_booking_are_left_out_and_counted(story):
    world = story(AS_OF)
    won = customers(world, [1000] * 20 + [0] * 3)
    for lead in won[20:]:
        book(world, lead, after(100), "expansion", 700)
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["n_old_enough"], row["left_out_count"]) == (1.0, 20, 3)


def test_everybody_left_gives_nought_and_no_range(story):
    world = story(AS_OF)
    for lead in customers(world, [1000] * 20):
        book(world, lead, after(100), "churn", -1000)
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["low"], row["high"], row["status"]) == (0.0, None, None, "ok")


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(19, 0, "too_few"), (19, 1, "too_early"), (20, 0, "ok"), (0, 20, "too_early")],
)
def test_the_gate_needs_twenty_customers_of_a_year(story, old, young, status):
    world = story(AS_OF)
    customers(world, [1000] * old, won=AS_OF - timedelta(days=365))
    customers(world, [1000] * young, won=AS_OF - timedelta(days=364))
    row = world.row(KPI, "outbound")
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert [row[name] is None for name in ("estimate", "low", "high")] == [status != "ok"] * 3
    expected = {19: None if not young else AS_OF + timedelta(days=1), 20: AS_OF, 0: AS_OF + timedelta(days=1)}
    assert row["judge_on"] == expected[old]


def test_a_booking_or_win_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    won = customers(world, [1000] * 20, won=AS_OF - timedelta(days=365))
    book(world, won[0], AS_OF, "expansion", 500)
    book(world, won[1], AS_OF + timedelta(days=1), "expansion", 500)
    late = world.lead("outbound", "2026-01-01")
    world.opportunity(late, "2026-02-01", "won", AS_OF + timedelta(days=1), 1000)
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["customer_count"]) == (20_500 / 20_000, 20)
    earlier = world.row(KPI, "outbound", as_of=AS_OF - timedelta(days=1))
    assert (earlier["status"], earlier["n_old_enough"], earlier["estimate"]) == ("too_early", 0, None)


def test_an_account_keeps_the_channel_of_its_first_win(story):
    world = story(AS_OF)
    won = customers(world, [1000] * 20, segment="ent")
    for lead in won:
        again = world.lead("inbound", WON, account_id=f"account of {lead}", segment="smb")
        world.won(again, after(50), 400)
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["customer_count"]) for row in rows] == [
        ("ent", "outbound", 20)
    ]
    # a filter on the later lead's channel does not make it the first
    assert world.run(KPI, channels=("inbound",)).rows.height == 0


def test_filters_and_slices_choose_customers(story):
    world = story(AS_OF)
    for lead in customers(world, [1000] * 20, "inbound", won=date(2025, 3, 3), segment="smb"):
        book(world, lead, date(2025, 9, 1), "contraction", -500)
    customers(world, [1000] * 20, segment="ent")
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "outbound", 1.0),
        ("smb", "inbound", 0.5),
    ]
    assert world.run(KPI, from_on="2025-05-05").rows["channel"].to_list() == ["outbound"]
    assert world.run(KPI, to_on="2025-05-04").rows["channel"].to_list() == ["inbound"]


def test_nobody_won_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    world.leads(100, "outbound", "2025-01-01")
    assert world.run(KPI).rows.height == 0


@pytest.mark.parametrize("column", ["kind", "booked_at", "arr_delta"])
def test_without_the_bookings_it_is_not_available(column):
    world = Story(AS_OF)
    customers(world, [1000] * 20)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'revenue' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract revenue"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
