"""Call-to-opportunity ratio: opportunities per 100 of our calls, both of the same leads by the same age."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.story import Story

KPI = "call_to_opportunity_ratio"
AS_OF = date(2026, 12, 31)
CREATED = date(2026, 1, 1)


def work(world, count, calls, opportunities, channel="inbound", created=CREATED, **values):
    """`count` leads, each called so often and with so many opportunities, all on day 5 and 10."""
    leads = world.leads(count, channel, created, **values)
    for lead in leads:
        for _ in range(calls):
            world.call(lead, created + timedelta(days=5), direction="outbound")
        for _ in range(opportunities):
            world.opportunity(lead, created + timedelta(days=10))
    return leads


def limits(calls, opportunities):
    """Log-delta interval with one cluster an entry: Var ln(Y/X) = G/(G-1) sum (y/Y - x/X)^2."""
    x, y = np.array(calls, float), np.array(opportunities, float)
    se = np.sqrt(len(x) / (len(x) - 1) * ((y / y.sum() - x / x.sum()) ** 2).sum())
    return [100 * y.sum() / x.sum() * np.exp(sign * 1.959963984540054 * se) for sign in (-1, 1)]


def test_twenty_opportunities_in_260_calls(story):
    world = story(AS_OF)
    work(world, 20, 3, 1)
    work(world, 100, 2, 0)
    low, high = limits([3] * 20 + [2] * 100, [1] * 20 + [0] * 100)
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 20,
            "denominator": 260,
            "estimate": pytest.approx(100 * 20 / 260, abs=1e-12),
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": 120,
            "status": "ok",
            "horizon_days": 45,
            "calls_per_opportunity": 13.0,
            "calls_both_ways": 260,
            "per_hundred_calls_both_ways": pytest.approx(100 * 20 / 260, abs=1e-12),
        }
    ]


def test_leads_of_one_account_are_one_cluster(story):
    world = story(AS_OF)
    for account in range(50):
        # every second account opens two opportunities with its two leads
        work(world, 2, 2, 1 - account % 2, account_id=f"a{account}")
    low, high = limits([4] * 50, [2, 0] * 25)
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (50, 200)
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-12)


def test_only_our_attempts_count_and_both_are_shown(story):
    world = story(AS_OF)
    for lead in work(world, 100, 1, 1):
        for _ in range(3):
            world.call(lead, CREATED, "qualified", direction="inbound")
    row = world.row(KPI)
    assert (row["denominator"], row["calls_both_ways"]) == (100, 400)
    assert (row["estimate"], row["per_hundred_calls_both_ways"]) == (100.0, 25.0)


def test_a_call_without_a_direction_is_ours(story):
    world = story(AS_OF)
    for lead in work(world, 30, 0, 1):
        world.call(lead, CREATED)
    assert world.row(KPI)["denominator"] == 30


def test_calls_and_opportunities_after_the_horizon_do_not_count(story):
    world = story(AS_OF)
    for lead in work(world, 100, 2, 1):
        world.call(lead, CREATED + timedelta(days=45))
        world.call(lead, CREATED + timedelta(days=46))
        world.opportunity(lead, CREATED + timedelta(days=46))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (100, 300)
    longer = world.row(KPI, horizon=46)
    assert (longer["numerator"], longer["denominator"], longer["horizon_days"]) == (200, 400, 46)


def test_calls_of_this_month_do_not_meet_opportunities_of_this_month(story):
    # pitfall: 100 young leads are called ten times each; their opportunities are still to come
    world = story(AS_OF)
    work(world, 100, 2, 1)
    young = AS_OF - timedelta(days=20)
    work(world, 100, 10, 0, created=young)
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (100, 200, 100)
    assert row["estimate"] == 50.0


def test_opportunities_and_calls_without_a_lead_count_nowhere(story):
    world = story(AS_OF)
    work(world, 30, 2, 1)
    for _ in range(50):
        world.call(None, CREATED)
        world.opportunity("nobody", CREATED)
    assert world.run(KPI).rows.select("channel", "numerator", "denominator").rows() == [("inbound", 30, 60)]


def test_what_happens_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    created = AS_OF - timedelta(days=45)
    work(world, 100, 2, 1, created=created)
    assert world.row(KPI)["status"] == "ok"
    yesterday = world.row(KPI, as_of=AS_OF - timedelta(days=1))
    # none of them is 45 days old
    assert (yesterday["numerator"], yesterday["denominator"], yesterday["n_old_enough"]) == (0, 0, 0)
    assert (yesterday["status"], yesterday["estimate"]) == ("too_early", None)


def test_ten_opportunities_are_needed(story):
    world = story(AS_OF)
    work(world, 9, 1, 1)
    work(world, 91, 1, 0)
    row = world.row(KPI)
    assert (row["numerator"], row["status"]) == (9, "too_few")
    assert [row[name] for name in ("estimate", "low", "high", "calls_per_opportunity")] == [None] * 4
    work(world, 1, 1, 1)
    row = world.row(KPI)
    assert (row["numerator"], row["status"], row["estimate"]) == (
        10,
        "ok",
        pytest.approx(1000 / 101, abs=1e-12),
    )


def test_opportunities_without_a_call_give_no_ratio(story):
    world = story(AS_OF)
    work(world, 100, 0, 1)
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["estimate"], row["status"]) == (100, 0, None, "too_few")


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(29, 0, "too_few"), (29, 1, "too_early"), (30, 0, "provisional"), (100, 0, "ok")],
)
def test_the_gate_counts_leads_of_45_days(story, old, young, status):
    world = story(AS_OF)
    work(world, old, 1, 1, created=AS_OF - timedelta(days=45))
    work(world, young, 1, 1, created=AS_OF - timedelta(days=44))
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert (row["estimate"] is None) == (status in ("too_few", "too_early"))


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    work(world, 100, 1, 1)
    assert world.run(KPI, from_on="2026-02-02").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    work(world, 40, 2, 1, source="web", segment="smb")
    work(world, 40, 4, 1, source="webinar", segment="ent")
    work(world, 40, 8, 1, "outbound", source="sdr", segment="ent")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": 12.5}),
        ({"sources": ("web", "sdr")}, {"inbound": 50.0, "outbound": 12.5}),
        ({"segments": ("ent",)}, {"inbound": 25.0, "outbound": 12.5}),
        ({"regions": ("south",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: row["estimate"] for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"], row["horizon_days"]) for row in rows] == [
        ("ent", "inbound", 25.0, 45),
        ("ent", "outbound", 12.5, 120),
        ("smb", "inbound", 50.0, 45),
    ]


@pytest.mark.parametrize(("extract", "column"), [("calls", "started_at"), ("opportunities", "created_at")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    work(world, 100, 1, 1)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
