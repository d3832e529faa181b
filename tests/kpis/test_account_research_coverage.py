"""Account research: of the leads dialled for the first time, how many had been researched before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "account_research_coverage"
AS_OF = date(2026, 12, 31)
DIAL = datetime(2026, 6, 1, 10)
BEFORE, AFTER = DIAL - timedelta(hours=2), DIAL + timedelta(hours=2)
FIELDS = ("research_company_at", "research_contact_at", "research_trigger_at")


def dial(world, count, *research, at=DIAL, channel="outbound", direction="outbound", **values):
    """Leads with these three research dates (company, contact, trigger), each dialled once."""
    for _ in range(count):
        known = dict(zip(FIELDS, research or (None,) * 3, strict=True))
        lead = world.lead(channel, "2026-01-01", **known, **values)
        world.call(lead, at.date(), started_at=at, direction=direction)


def test_researched_leads_over_leads_dialled(story):
    world = story(AS_OF)
    dial(world, 20, BEFORE, BEFORE, BEFORE)
    dial(world, 8, BEFORE, BEFORE, AFTER)
    dial(world, 5, BEFORE, BEFORE, None)
    dial(world, 4, BEFORE, None, None)
    dial(world, 13)
    # 20 of 50 have all three; company 20 + 8 + 5 + 4, contact 20 + 8 + 5, trigger in time 20, added later 8
    low, high = proportion_confint(20, 50, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 20,
            "denominator": 50,
            "estimate": pytest.approx(0.4, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 50,
            "status": "ok",
            "company_count": 37,
            "contact_count": 33,
            "trigger_count": 20,
            "filled_late_count": 8,
        }
    ]


@pytest.mark.parametrize("late", FIELDS)
@pytest.mark.parametrize("at", [DIAL, AFTER])
def test_research_filled_in_after_the_dial_does_not_count(story, late, at):
    world = story(AS_OF)
    dial(world, 30, *[at if field == late else BEFORE for field in FIELDS])
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["filled_late_count"]) == (0, 30)


def test_research_before_the_second_dial_is_too_late(story):
    world = story(AS_OF)
    dial(world, 30, AFTER, AFTER, AFTER)
    for row in list(world.rows["fact_leads"]):
        world.call(row["lead_id"], "2026-06-05", started_at=datetime(2026, 6, 5, 9), direction="outbound")
    assert (world.row(KPI, "outbound")["numerator"], world.row(KPI, "outbound")["denominator"]) == (0, 30)
    # the second dial does not become the first of a window that begins after the first
    assert world.run(KPI, from_on="2026-06-02").rows.height == 0


def test_a_call_that_came_in_is_no_dial(story):
    world = story(AS_OF)
    dial(world, 30, at=DIAL, direction="inbound")
    assert world.run(KPI).rows.height == 0
    for row in list(world.rows["fact_leads"]):
        world.call(row["lead_id"], "2026-06-05", started_at=datetime(2026, 6, 5, 9), direction="outbound")
    assert world.row(KPI, "outbound", from_on="2026-06-05")["denominator"] == 30


def test_the_earlier_of_two_dials_of_a_day_is_the_first(story):
    world = story(AS_OF)
    for lead in world.leads(30, "outbound", **dict.fromkeys(FIELDS, DIAL)):
        world.call(lead, AFTER.date(), started_at=AFTER, direction="outbound")
        world.call(lead, BEFORE.date(), started_at=BEFORE, direction="outbound")
    assert (world.row(KPI, "outbound")["numerator"], world.row(KPI, "outbound")["denominator"]) == (0, 30)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_leads(story, count, status):
    world = story(AS_OF)
    dial(world, count, BEFORE, BEFORE, BEFORE)
    row = world.row(KPI, "outbound")
    assert (row["status"], row["denominator"], row["n_old_enough"]) == (status, count, count)
    assert (row["estimate"], row["high"], row["low"] is None) == (
        (None, None, True) if count < 10 else (1.0, 1.0, False)
    )


def test_a_dial_and_research_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    last = datetime(2026, 12, 31, 9)
    tomorrow = last + timedelta(days=1)
    dial(world, 30, tomorrow, tomorrow, tomorrow, at=last)
    dial(world, 30, BEFORE, BEFORE, BEFORE, at=tomorrow)
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["denominator"], row["filled_late_count"]) == (0, 30, 0)


def test_nothing_dialled_gives_no_row(story):
    world = story(AS_OF)
    world.leads(50, "outbound", **dict.fromkeys(FIELDS, BEFORE))
    for _ in range(30):
        world.call(None, "2026-06-01", started_at=DIAL, direction="outbound")
    assert world.run(KPI).rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    dial(world, 10, BEFORE, BEFORE, BEFORE, segment="smb")
    dial(world, 20, segment="ent", at=datetime(2026, 7, 1, 10))
    dial(world, 30, channel="inbound", segment="ent")
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", "inbound", 0, 30),
        ("ent", "outbound", 0, 20),
        ("smb", "outbound", 10, 10),
    ]
    assert world.row(KPI, "outbound", to_on="2026-06-30")["denominator"] == 10
    assert world.row(KPI, "outbound", segments=("ent",))["denominator"] == 20


@pytest.mark.parametrize(
    ("extract", "column"),
    [("calls", "direction"), ("calls", "lead_id"), *(("leads", field) for field in FIELDS)],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    dial(world, 30, BEFORE, BEFORE, BEFORE)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "numerator", "estimate").rows() == [("not_available", None, None)] * 2
