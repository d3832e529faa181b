"""Qualification rate: leads sales-qualified by their channel's horizon, and the calls that ended qualified."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "qualification_rate"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def qualified(world, count, day, channel="inbound", created="2026-01-01", **values):
    """Leads that were sales-qualified `day` days after creation."""
    on = date.fromisoformat(str(created)) + timedelta(days=day)
    return [world.lead(channel, created, sql_on=on, **values) for _ in range(count)]


def test_leads_qualified_by_day_14_over_all_leads(story):
    world = story(AS_OF)
    qualified(world, 40, 14)  # day 14 itself is in time
    qualified(world, 10, 15)  # too late
    world.leads(20, created="2026-01-01", disqualified="2026-01-06")
    world.leads(30, created="2026-01-01")
    # nobody is censored before day 14: 40/100, variance p(1 - p)/n; 20 of 100 ended, 40 still open
    low, high = loglog(0.4, sqrt(0.4 * 0.6 / 100))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (40, 100, 100)
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.4, low, high], abs=1e-12)
    assert [row["ended_share"], row["open_share"]] == pytest.approx([0.2, 0.4], abs=1e-12)
    assert (row["status"], row["horizon_days"], row["judge_on"]) == ("ok", 14, date(2026, 1, 15))


def test_outbound_is_judged_at_day_60(story):
    world = story(AS_OF)
    qualified(world, 30, 60, "outbound")
    qualified(world, 30, 61, "outbound")
    world.leads(40, "outbound")
    row = world.row(KPI, "outbound")
    assert (row["horizon_days"], row["numerator"]) == (60, 30)
    assert row["estimate"] == pytest.approx(0.3, abs=1e-12)


def test_a_disqualified_lead_can_no_longer_qualify(story):
    world = story(AS_OF)
    qualified(world, 50, 10, disqualified="2026-01-06")
    world.leads(50)
    assert world.row(KPI)["estimate"] == 0.0
    assert world.row(KPI)["ended_share"] == pytest.approx(0.5, abs=1e-12)


def test_young_leads_are_censored_and_not_counted_as_failures(story):
    world = story(AS_OF)
    qualified(world, 30, 10)
    world.leads(30)
    world.leads(60, created=days_before(5))
    # on day 10 only the 60 old leads are at risk: 30/60, not 30/120
    row = world.row(KPI)
    assert (row["denominator"], row["n_old_enough"], row["status"]) == (120, 60, "provisional")
    assert row["estimate"] == pytest.approx(0.5, abs=1e-12)


def test_a_qualification_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    qualified(world, 1, 10, created=days_before(10))
    qualified(world, 1, 11, created=days_before(10))
    world.leads(98, created=days_before(20))
    row = world.row(KPI)
    assert row["numerator"] == 1
    assert row["estimate"] == pytest.approx(1 / 100, abs=1e-12)


def test_calls_that_ended_qualified_over_the_conversations_of_those_days(story):
    world = story(AS_OF)
    lead = world.leads(100)[0]
    for disposition, count in (
        ("qualified", 6),
        ("meeting_booked", 2),
        ("no_fit", 12),
        ("connected_no_result", 20),
        ("voicemail", 50),  # not a conversation
    ):
        for _ in range(count):
            world.call(lead, "2026-03-01", disposition)
    world.call(lead, AS_OF + timedelta(days=1), "qualified")
    row = world.row(KPI)
    assert (row["qualified_conversations"], row["conversation_count"]) == (8, 40)
    low, high = proportion_confint(8, 40, method="wilson")
    found = [row["share_of_conversations"], row["conversations_low"], row["conversations_high"]]
    assert found == pytest.approx([0.2, low, high], abs=1e-9)


def test_nine_conversations_give_no_share_of_conversations(story):
    world = story(AS_OF)
    lead = world.leads(100)[0]
    for _ in range(9):
        world.call(lead, "2026-03-01", "qualified")
    assert [world.row(KPI)["conversation_count"], world.row(KPI)["share_of_conversations"]] == [9, None]
    world.call(lead, "2026-03-01", "no_fit")
    assert world.row(KPI)["share_of_conversations"] == pytest.approx(0.9, abs=1e-12)


def test_a_change_of_definition_shows_as_two_versions(story):
    world = story(AS_OF)
    world.leads(60, criteria_version="2025")
    assert world.row(KPI)["criteria_versions"] == 1
    world.leads(60, created="2026-02-02", criteria_version="2026")
    assert world.row(KPI)["criteria_versions"] == 2
    assert world.row(KPI, from_on="2026-02-01")["criteria_versions"] == 1


def test_loosened_criteria_are_paired_with_sales_acceptance(story):
    assert story(AS_OF).run(KPI).kpi.counter == "sales_acceptance_rate"


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100)
    assert world.run(KPI, from_on="2026-02-01", to_on="2026-02-28").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Three groups of 50 leads of which 10, 20 and 30 qualify on day 3."""
    world = Story(AS_OF)
    for count, channel, values in (
        (10, "inbound", {"source": "web", "segment": "smb"}),
        (20, "inbound", {"source": "webinar", "segment": "ent"}),
        (30, "outbound", {"source": "sdr", "segment": "ent"}),
    ):
        qualified(world, count, 3, channel, **values)
        world.leads(50 - count, channel, "2026-01-01", **values)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (30, 100)}),
        ({"sources": ("web", "sdr")}, {"inbound": (10, 50), "outbound": (30, 50)}),
        ({"regions": ("south",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", pytest.approx(0.4, abs=1e-12)),
        ("ent", "outbound", pytest.approx(0.6, abs=1e-12)),
        ("smb", "inbound", pytest.approx(0.2, abs=1e-12)),
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
def test_the_gate_counts_leads_that_are_fourteen_days_old(story, old, young, status):
    world = story(AS_OF)
    qualified(world, old, 5, created=days_before(14))
    world.leads(young, created=days_before(13))
    row = world.row(KPI)
    assert (row["n_old_enough"], row["status"]) == (old, status)
    assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [old < 30] * 3


@pytest.mark.parametrize("column", ["created_at", "sql_at", "disqualified_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    world.leads(100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract leads"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
