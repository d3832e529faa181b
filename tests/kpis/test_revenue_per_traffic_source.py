"""Revenue per traffic source: the mean cumulative value of the leads of each source, beside what they cost."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "revenue_per_traffic_source"
AS_OF = date(2026, 12, 31)
Z95 = 1.959963984540054
MONEY = ("numerator", "estimate", "low", "high", "revenue_per_cost", "largest_share")


def source(world, name, won, count=100, channel="inbound", created="2026-03-10", day=10, **values):
    """`count` leads of a source, of which the first win the amounts `won` on that day of their age."""
    created = date.fromisoformat(created)
    leads = world.leads(count, channel, created, source=name, **values)
    for lead, amount in zip(leads[: len(won)], won, strict=True):
        world.won(lead, created + timedelta(days=day), amount)
    return leads


def spend(world, month, name, cost, channel="inbound", kind="media"):
    world.add(
        "spend", month_on=date.fromisoformat(month), source=name, cost_amount=cost, channel=channel, kind=kind
    )


def by_source(world, **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {(row["measure"], row["channel"]): row for row in rows if row["measure"] != "all sources"}


def test_what_a_lead_of_each_source_brings_and_costs(story):
    world = story(AS_OF)
    source(world, "web", [1000, 2000, 3000, 4000, 10_000])
    source(world, "webinar", [500] * 10, count=50)
    source(world, "list", [9000] * 8, channel="outbound", created="2025-06-10", day=200)
    spend(world, "2026-03-01", "web", 3000)
    spend(world, "2026-03-01", "web", 1000, kind="staff")
    spend(world, "2026-03-01", "webinar", 9999, channel="outbound")
    found = by_source(world)
    assert list(found) == [("web", "inbound"), ("webinar", "inbound"), ("list", "outbound")]
    # 20,000 over 100 leads = 200; variance of the 100 amounts, 95 of them nothing, over 100
    amounts = np.array([1000, 2000, 3000, 4000, 10_000] + [0] * 95)
    half = Z95 * sqrt(amounts.var() / 100)
    row = found["web", "inbound"]
    assert (row["slice"], row["numerator"], row["denominator"], row["win_count"]) == ("all", 20_000.0, 100, 5)
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(
        [200, 200 - half, 200 + half], rel=1e-9
    )
    assert (row["status"], row["n_old_enough"], row["horizon_days"]) == ("ok", 100, 180)
    assert (row["largest_share"], row["currency"], row["judge_on"]) == (0.5, "EUR", date(2026, 9, 6))
    # 4,000 spent on the 100 leads of March: 40 a lead, 200 / 40 = 5 for each unit of money
    assert (row["cost_amount"], row["cost_per_lead"]) == (4000.0, 40.0)
    ratios = [row["revenue_per_cost"], row["revenue_per_cost_low"], row["revenue_per_cost_high"]]
    assert ratios == pytest.approx([5, 5 - half / 40, 5 + half / 40], rel=1e-9)
    # spend booked under another channel is not this source's
    row = found["webinar", "inbound"]
    assert (row["estimate"], row["status"]) == (pytest.approx(100.0), "provisional")
    assert [row[name] for name in ("cost_amount", "cost_per_lead", "revenue_per_cost")] == [None] * 3
    row = found["list", "outbound"]
    assert (row["estimate"], row["horizon_days"]) == (pytest.approx(720.0), 365)


def test_the_line_of_all_sources_is_what_a_lead_of_any_source_brings(story):
    world = story(AS_OF)
    source(world, "web", [1000, 2000, 3000, 4000, 10_000])
    source(world, "webinar", [500] * 10, count=50)
    spend(world, "2026-03-01", "web", 3000)
    row = world.run(KPI).row("inbound", measure="all sources")
    # 20,000 and 5,000 over 150 leads; the largest deal is 10,000 of the 25,000
    assert (row["numerator"], row["denominator"], row["win_count"]) == (25_000.0, 150, 15)
    assert row["estimate"] == pytest.approx(25_000 / 150, rel=1e-12)
    assert row["largest_share"] == pytest.approx(0.4)
    # not every source has its spend on record, so what a lead of all of them costs is not said
    assert (row["cost_amount"], row["cost_per_lead"], row["revenue_per_cost"]) == (None, None, None)


def test_revenue_of_a_young_source_is_read_at_the_same_age(story):
    # both sources win 20 of 100 on day 100; the young one has 200 more leads of ten days
    world = story(AS_OF)
    source(world, "old", [600] * 20, day=100)
    source(world, "young", [600] * 20, day=100)
    source(world, "young", [], count=200, created="2026-12-21")
    found = by_source(world)
    assert found["young", "inbound"]["numerator"] / found["young", "inbound"]["denominator"] == 40.0
    # day 100: the ten-day-old ones have left the count unseen
    assert [row["estimate"] for row in found.values()] == pytest.approx([120.0, 120.0], rel=1e-12)


def test_the_source_is_that_of_the_lead_and_no_later_touch_moves_it(story):
    world = story(AS_OF)
    leads = source(world, "web", [100] * 10)
    for lead in leads:
        world.call(lead, "2026-03-15", "qualified", direction="outbound")
    assert list(by_source(world)) == [("web", "inbound")]


def test_one_very_large_deal_is_named_and_widens_the_range(story):
    world = story(AS_OF)
    source(world, "even", [20_000] * 10)
    source(world, "uneven", [1000] * 9 + [191_000])
    even, uneven = (by_source(world)[name, "inbound"] for name in ("even", "uneven"))
    assert even["estimate"] == pytest.approx(2000.0) and uneven["estimate"] == pytest.approx(2000.0)
    assert (even["largest_share"], uneven["largest_share"]) == (0.1, pytest.approx(0.955))
    assert uneven["high"] - uneven["low"] > 3 * (even["high"] - even["low"])


def test_an_unknown_source_is_a_row_of_its_own(story):
    world = story(AS_OF)
    source(world, "unknown", [100] * 5)
    assert by_source(world)["unknown", "inbound"]["estimate"] == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("count", "wins", "status"),
    [(29, 5, "too_few"), (30, 4, "too_few"), (30, 5, "provisional"), (99, 5, "provisional"), (100, 5, "ok")],
)
def test_the_gate_needs_thirty_old_leads_and_five_wins(story, count, wins, status):
    world = story(AS_OF)
    source(world, "web", [100] * wins, count=count, created="2026-07-04")  # 180 days before as_of
    row = by_source(world)["web", "inbound"]
    assert (row["status"], row["n_old_enough"], row["win_count"]) == (status, count, wins)
    shown = status != "too_few"
    assert [row[name] is not None for name in ("numerator", "estimate", "low", "high", "largest_share")] == [
        shown
    ] * 5


def test_leads_younger_than_the_horizon_wait(story):
    world = story(AS_OF)
    source(world, "web", [100] * 10, created="2026-07-05")
    row = by_source(world)["web", "inbound"]
    assert (row["status"], row["n_old_enough"], row["judge_on"]) == ("too_early", 0, date(2027, 1, 1))
    assert [row[name] for name in MONEY] == [None] * 6


def test_only_whole_months_with_spend_are_set_against_their_own_leads(story):
    world = story(AS_OF)
    source(world, "web", [100] * 10, created="2026-03-10")
    source(world, "web", [], count=60, created="2026-04-10")
    source(world, "web", [], count=40, created="2026-12-05")
    spend(world, "2026-03-01", "web", 500)
    spend(world, "2026-05-01", "web", 300)  # spent, and no lead came of it
    spend(world, "2026-12-01", "web", 7000)  # its last day is as_of: not over
    row = by_source(world)["web", "inbound"]
    # 800 over the 100 leads of March: April's 60 have no spend, May's spend has no leads
    assert (row["cost_amount"], row["cost_per_lead"]) == (800.0, 8.0)
    row = by_source(world, from_on="2026-03-02")["web", "inbound"]
    assert (row["cost_amount"], row["cost_per_lead"]) == (300.0, None)
    row = by_source(world, to_on="2026-03-31")["web", "inbound"]
    assert (row["cost_amount"], row["cost_per_lead"]) == (500.0, 5.0)
    row = by_source(world, to_on="2026-03-30")["web", "inbound"]
    assert (row["cost_amount"], row["cost_per_lead"], row["revenue_per_cost"]) == (None, None, None)


def test_a_win_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = source(world, "web", [100] * 5)
    world.opportunity(leads[9], "2026-04-01", "won", AS_OF + timedelta(days=1), 9000)
    assert by_source(world)["web", "inbound"]["win_count"] == 5
    earlier = by_source(world, as_of="2026-03-19")["web", "inbound"]
    assert (earlier["win_count"], earlier["n_old_enough"], earlier["estimate"]) == (0, 0, None)


def test_no_lead_in_the_window_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    source(world, "web", [100] * 5)
    assert world.run(KPI, from_on="2026-04-01").rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    source(world, "web", [100] * 10, segment="smb")
    source(world, "web", [900] * 10, segment="ent")
    source(world, "list", [500] * 10, channel="outbound", created="2025-03-10")
    spend(world, "2026-03-01", "web", 1000)
    sliced = world.run(KPI, slice_by="source").rows.to_dicts()
    assert [(row["slice"], row["measure"]) for row in sliced] == [("list", "list"), ("web", "web")]
    assert by_source(world)["web", "inbound"]["estimate"] == pytest.approx(50.0)
    # a segment has an amount of its own; what it cost nobody knows
    chosen = by_source(world, segments=("ent",))["web", "inbound"]
    assert (chosen["estimate"], chosen["cost_amount"]) == (pytest.approx(90.0), None)
    by_segment = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["measure"]) for row in by_segment] == [
        ("all", "all sources"),
        ("all", "web"),
        ("all", "all sources"),
        ("all", "list"),
    ]
    assert list(by_source(world, channels=("outbound",))) == [("list", "outbound")]
    assert list(by_source(world, sources=("web",))) == [("web", "inbound")]


def test_amounts_of_two_currencies_are_not_added_up(story):
    world = story(AS_OF)
    leads = source(world, "web", [100] * 10)
    world.opportunity(leads[20], "2026-04-01", "won", "2026-04-02", 100, currency="USD")
    row = by_source(world)["web", "inbound"]
    assert (row["status"], row["currency"]) == ("not_available", None)
    assert [row[name] for name in MONEY] == [None] * 6


@pytest.mark.parametrize(
    ("extract", "column"), [("spend", "cost"), ("opportunities", "acv"), ("leads", "source")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    source(world, "web", [100] * 10)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]


def test_the_amounts_are_those_of_the_curve_at_the_same_age():
    draw = np.random.default_rng(4)
    world = Story(AS_OF)
    for _ in range(150):
        created = AS_OF - timedelta(days=int(draw.integers(0, 500)))
        lead = world.lead("inbound", created, source="web")
        if draw.random() < 0.5:
            world.won(
                lead,
                created + timedelta(days=int(draw.integers(0, 150))),
                round(float(draw.lognormal(8, 1)), 2),
            )
    row, point = by_source(world)["web", "inbound"], world.row("revenue_per_lead_at_age", "inbound", 180)
    shared = ("numerator", "denominator", "estimate", "low", "high", "n_old_enough", "status", "win_count")
    assert [row[name] for name in shared] == [point[name] for name in shared]
    assert row["estimate"] > 0
