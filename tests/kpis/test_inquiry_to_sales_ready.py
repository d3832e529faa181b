"""Inquiry to sales-ready: the first of sales-qualified, met, or accepted by sales, and the funnel behind it."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "inquiry_to_sales_ready"
AS_OF = date(2026, 12, 31)
FIRST = date(2026, 1, 1)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def accept(world, lead, day):
    world.add("handoffs", lead_id=lead, handed_on=FIRST, accepted_on=day)


def test_the_first_of_three_ways_to_be_sales_ready(story):
    world = story(AS_OF)
    leads = world.leads(70, created=FIRST)
    for lead in leads[:10]:
        world.meeting(lead, FIRST + timedelta(days=30))  # in time
        accept(world, lead, FIRST + timedelta(days=60))  # ready already
    for lead in leads[10:25]:
        accept(world, lead, FIRST + timedelta(days=5))
    for lead in leads[25:30]:
        world.meeting(lead, FIRST + timedelta(days=31))  # too late
    world.leads(15, created=FIRST, sql_on=FIRST + timedelta(days=2))
    world.leads(15, created=FIRST, disqualified=FIRST + timedelta(days=1))
    row = world.row(KPI)
    # 10 met + 15 accepted + 15 sales-qualified of 100; 15 closed before, 45 open (5 of them ready on day 31)
    low, high = loglog(0.4, sqrt(0.4 * 0.6 / 100))
    assert (row["numerator"], row["denominator"], row["status"]) == (40, 100, "ok")
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.4, low, high], abs=1e-12)
    assert [row["ended_share"], row["open_share"]] == pytest.approx([0.15, 0.45], abs=1e-12)
    assert (row["valid_count"], row["sales_ready_count"]) == (100, 45)


def test_the_funnel_shows_every_step_and_drops_no_name(story):
    world = story(AS_OF)
    leads = world.leads(100, created=FIRST)
    for place, lead in enumerate(leads[:60]):
        world.call(lead, "2026-01-03", "no_fit" if place < 25 else "voicemail")
    for lead in leads[:10]:
        world.meeting(lead, "2026-01-05")
    world.leads(100, created=FIRST, disqualified="2026-01-02", disqualified_reason="wrong number")
    row = world.row(KPI)
    steps = ("denominator", "valid_count", "called_count", "conversation_count", "sales_ready_count")
    assert [row[name] for name in steps] == [200, 200, 60, 25, 10]
    assert row["estimate"] == pytest.approx(0.05, abs=1e-12)  # not 10 of the 100 that were not wrong


def test_outbound_is_judged_at_day_90(story):
    world = story(AS_OF)
    for place, lead in enumerate(world.leads(100, "outbound", FIRST)[:40]):
        world.meeting(lead, FIRST + timedelta(days=90 + place % 2))
    row = world.row(KPI, "outbound")
    assert (row["horizon_days"], row["numerator"]) == (90, 20)


def test_what_comes_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = world.leads(100, created=days_before(30))
    accept(world, leads[0], AS_OF)
    accept(world, leads[1], AS_OF + timedelta(days=1))
    world.meeting(leads[2], AS_OF + timedelta(days=1))
    world.call(leads[3], AS_OF + timedelta(days=1), "qualified")
    row = world.row(KPI)
    assert (row["numerator"], row["sales_ready_count"], row["called_count"]) == (1, 1, 0)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, created=FIRST)
    assert world.run(KPI, from_on="2026-02-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for ready, channel, values in (
        (10, "inbound", {"source": "web", "segment": "smb"}),
        (20, "inbound", {"source": "webinar", "segment": "ent"}),
        (30, "outbound", {"source": "list", "segment": "ent"}),
    ):
        for lead in world.leads(50, channel, FIRST, **values)[:ready]:
            accept(world, lead, FIRST + timedelta(days=3))
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (30, 100, 100)}),
        ({"sources": ("web", "list")}, {"inbound": (10, 50, 50), "outbound": (30, 50, 50)}),
        ({"regions": ("south",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    found = {row["channel"]: (row["numerator"], row["denominator"], row["valid_count"]) for row in rows}
    assert found == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["sales_ready_count"]) for row in rows] == [
        ("ent", "inbound", 20, 20),
        ("ent", "outbound", 30, 30),
        ("smb", "inbound", 10, 10),
    ]


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
def test_the_gate_counts_leads_that_are_thirty_days_old(story, old, young, status):
    world = story(AS_OF)
    for lead in world.leads(old, created=days_before(30)):
        world.meeting(lead, days_before(20))
    world.leads(young, created=days_before(29))
    row = world.row(KPI)
    assert (row["n_old_enough"], row["status"]) == (old, status)
    assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [old < 30] * 3


@pytest.mark.parametrize(
    ("extract", "column"), [("leads", "sql_at"), ("meetings", "held_at"), ("handoffs", "accepted_at")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    world.leads(100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
