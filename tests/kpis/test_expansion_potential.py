"""Expansion: the share of new customers that book a first expansion within a year, churn competing."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "expansion_potential"
AS_OF = date(2026, 12, 31)
Z95 = 1.959963984540054
WON = date(2025, 6, 1)


def customers(world, count, channel="outbound", won=WON, **values):
    """Leads that became customers on that day, each an account of its own."""
    leads = world.leads(count, channel, won - timedelta(days=30), **values)
    for lead in leads:
        world.won(lead, won, 5000)
    return leads


def book(world, lead, day, kind="expansion", amount=1000):
    world.add("revenue", account_id=f"account of {lead}", booked_on=day, kind=kind, arr_amount=amount)


def after(days, won=WON):
    return won + timedelta(days=days)


def test_the_first_expansion_within_a_year(story):
    world = story(AS_OF)
    won = customers(world, 100)
    for place, lead in enumerate(won[:20]):
        book(world, lead, after(100), amount=1000 * (1 + place % 2))
        book(world, lead, after(200), amount=9999)  # a second expansion changes nothing
    for lead in won[20:25]:
        book(world, lead, after(365))
    for lead in won[25:30]:
        book(world, lead, after(366))
    # 25 of 100 by day 365, nobody censored or lost: p(1 - p)/n
    se = sqrt(0.25 * 0.75 / 100)
    limits = [0.25 ** exp(sign * Z95 * se / (0.25 * log(0.25))) for sign in (-1, 1)]
    # amounts: ten of 1,000, ten of 2,000, five of 1,000, 75 of nothing
    amounts = np.array([1000] * 15 + [2000] * 10 + [0] * 75)
    half = Z95 * sqrt(amounts.var() / 100)
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 25,
            "denominator": 100,
            "estimate": pytest.approx(0.25, abs=1e-12),
            "low": pytest.approx(limits[0], abs=1e-12),
            "high": pytest.approx(limits[1], abs=1e-12),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 365,
            "judge_on": after(365),
            "churned_share": 0.0,
            "amount_per_customer": pytest.approx(350.0, rel=1e-12),
            "amount_low": pytest.approx(350 - half, rel=1e-9),
            "amount_high": pytest.approx(350 + half, rel=1e-9),
        }
    ]


def test_a_customer_who_left_can_no_longer_expand(story):
    # 50 of 100 leave on day 50; 20 of the others expand on day 100; customers of 60 days left unseen by then
    world = story(AS_OF)
    won = customers(world, 100)
    for lead in won[:50]:
        book(world, lead, after(50), "churn", -5000)
        book(world, lead, after(80))  # came back: counted as gone
    for lead in won[50:70]:
        book(world, lead, after(100))
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["estimate"], row["churned_share"]) == (
        20,
        pytest.approx(0.2),
        pytest.approx(0.5),
    )


def test_young_customers_are_not_taken_for_ones_that_never_expand(story):
    world = story(AS_OF)
    for lead in customers(world, 100)[:30]:
        book(world, lead, after(200))
    customers(world, 100, won=AS_OF - timedelta(days=90))
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (30, 200, 100)
    assert row["estimate"] == pytest.approx(0.3, abs=1e-12)


def test_upsell_in_the_first_order_is_no_expansion(story):
    world = story(AS_OF)
    for lead in customers(world, 100)[:40]:
        book(world, lead, after(-1))
        book(world, lead, after(0))
    assert world.row(KPI, "outbound")["numerator"] == 0


def test_renewals_and_new_products_are_no_expansion(story):
    world = story(AS_OF)
    for lead in customers(world, 100):
        book(world, lead, after(90), "renewal")
        book(world, lead, after(91), "new")
        book(world, lead, after(92), "contraction", -10)
    assert world.row(KPI, "outbound")["numerator"] == 0


def test_the_account_hierarchy_is_that_of_the_extract(story):
    # two leads of one account are one customer; a subsidiary with an account of its own is another
    world = story(AS_OF)
    first = customers(world, 60)
    second = world.leads(60, "inbound", WON, account_id=None)
    for lead, again in zip(first, second, strict=True):
        world.rows["fact_leads"][[row["lead_id"] for row in world.rows["fact_leads"]].index(again)][
            "account_id"
        ] = f"account of {lead}"
        world.won(again, after(30), 900)
    rows = world.run(KPI).rows.to_dicts()
    # the channel is that of the first win, whatever won the account again
    assert [(row["channel"], row["denominator"]) for row in rows] == [("outbound", 60)]


def test_the_amount_needs_ten_expansions(story):
    for count, shown in ((9, None), (10, 100.0)):
        world = story(AS_OF)
        for lead in customers(world, 100)[:count]:
            book(world, lead, after(10), amount=1000)
        row = world.row(KPI, "outbound")
        assert (row["numerator"], row["amount_per_customer"]) == (count, shown)
        assert (row["amount_low"] is None) == (shown is None)


def test_an_expansion_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    won = customers(world, 100, won=AS_OF - timedelta(days=365))
    book(world, won[0], AS_OF)
    book(world, won[1], AS_OF + timedelta(days=1))
    assert world.row(KPI, "outbound")["numerator"] == 1
    earlier = world.row(KPI, "outbound", as_of=AS_OF - timedelta(days=1))
    assert (earlier["numerator"], earlier["n_old_enough"], earlier["status"]) == (0, 0, "too_early")


def test_nobody_won_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    world.leads(100, "outbound", "2025-01-01")
    assert world.run(KPI).rows.height == 0


def test_filters_and_slices_choose_customers_by_their_first_win(story):
    world = story(AS_OF)
    for lead in customers(world, 40, segment="ent")[:20]:
        book(world, lead, after(10))
    for lead in customers(world, 40, "inbound", won=date(2025, 3, 3), segment="smb")[:4]:
        book(world, lead, date(2025, 4, 1))
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", "outbound", 20, 40),
        ("smb", "inbound", 4, 40),
    ]
    assert world.run(KPI, segments=("ent",)).rows["channel"].to_list() == ["outbound"]
    assert world.run(KPI, from_on="2025-05-05").rows["channel"].to_list() == ["outbound"]


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 0, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_gate_counts_customers_of_a_year(story, old, young, status):
    world = story(AS_OF)
    customers(world, old, won=AS_OF - timedelta(days=365))
    customers(world, young, won=AS_OF - timedelta(days=364))
    row = world.row(KPI, "outbound")
    assert (row["status"], row["n_old_enough"], row["denominator"]) == (status, old, old + young)
    assert (row["estimate"] is None) == (old < 30) == (row["low"] is None)


@pytest.mark.parametrize("column", ["kind", "booked_at"])
def test_without_the_bookings_it_is_not_available(column):
    world = Story(AS_OF)
    customers(world, 100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'revenue' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract revenue"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
