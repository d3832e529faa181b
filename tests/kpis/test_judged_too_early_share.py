"""Leads judged too early: the share of leads younger than the horizon of their channel."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.story import Story

KPI = "judged_too_early_share"
AS_OF = date(2026, 12, 31)


def days_before(days):
    return AS_OF - timedelta(days=days)


def test_leads_younger_than_180_days_inbound_and_540_outbound(story):
    world = story(AS_OF)
    for channel in ("inbound", "outbound", "unknown"):
        world.leads(100, channel, days_before(600))
        world.leads(60, channel, days_before(200))
        world.leads(40, channel, days_before(50))
    # inbound: only the 40 of 200 are younger than 180 days; outbound: the 60 too. Unknown takes the longer
    # horizon.
    expected = []
    for channel, young, days in (("inbound", 40, 180), ("outbound", 100, 540), ("unknown", 100, 540)):
        share = pytest.approx(young / 200, abs=1e-12)
        expected.append(
            {
                "slice": "all",
                "channel": channel,
                "numerator": young,
                "denominator": 200,
                "estimate": share,
                "low": share,  # counted, not estimated
                "high": share,
                "n_old_enough": 200 - young,
                "status": "ok",
                "horizon_days": days,
                "judge_on": days_before(600) + timedelta(days=days),
                "median_follow_up_days": 200,  # half of 200 leads are 200 days old or younger
            }
        )
    assert world.run(KPI).rows.to_dicts() == expected


@pytest.mark.parametrize(("channel", "days"), [("inbound", 180), ("outbound", 540)])
def test_a_lead_exactly_as_old_as_the_horizon_is_old_enough(story, channel, days):
    world = story(AS_OF)
    world.leads(3, channel, days_before(days))
    world.leads(1, channel, days_before(days - 1))
    row = world.row(KPI, channel)
    assert (row["numerator"], row["denominator"], row["n_old_enough"], row["estimate"]) == (1, 4, 3, 0.25)


@pytest.mark.parametrize("old", [0, 29, 30, 99, 100])
def test_it_may_always_be_read_for_it_is_counted(story, old):
    world = story(AS_OF)
    world.leads(old, "inbound", days_before(180))
    world.leads(10, "inbound", days_before(1))
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"], row["estimate"]) == (
        "ok",
        old,
        pytest.approx(10 / (old + 10)),
    )
    # the hundredth lead decides, or the thirtieth where there are fewer than 100; 10 of them came yesterday
    day = {
        0: None,
        29: days_before(1 - 180),
        30: days_before(0),
        99: days_before(1 - 180),
        100: days_before(0),
    }
    assert row["judge_on"] == day[old]


def test_what_became_of_a_lead_does_not_matter(story):
    world = story(AS_OF)
    leads = world.leads(10, "inbound", days_before(100))
    world.leads(30, "inbound", days_before(300), disqualified=days_before(290))
    for lead in leads:
        world.won(lead, days_before(50))
    assert world.row(KPI)["estimate"] == 0.25


def test_the_median_follow_up_is_an_observed_age_and_the_lower_of_two(story):
    world = story(AS_OF)
    for age in (10, 20, 400):
        world.lead("inbound", days_before(age))
    for age in (10, 20, 30, 400):
        world.lead("outbound", days_before(age))
    world.leads(5, "other", AS_OF)
    rows = {row["channel"]: row["median_follow_up_days"] for row in world.run(KPI).rows.to_dicts()}
    assert rows == {"inbound": 20, "outbound": 20, "other": 0}


def test_leads_created_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    world.leads(4, "inbound", days_before(200))
    world.leads(4, "inbound", AS_OF)
    world.leads(4, "inbound", AS_OF + timedelta(days=1))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (4, 8)


def test_seen_from_an_earlier_day_more_leads_are_too_young(story):
    world = story(AS_OF)
    world.leads(4, "inbound", days_before(200))
    world.leads(4, "inbound", days_before(10))
    row = world.row(KPI, as_of=days_before(30))
    assert (row["numerator"], row["denominator"], row["median_follow_up_days"]) == (4, 4, 170)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-05")
    assert world.run(KPI, to_on="2026-01-04").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 10 old leads with 1, 2, 3 and 4 young ones beside them."""
    world = Story(AS_OF)
    groups = (
        (1, "inbound", {"source": "web", "segment": "smb"}),
        (2, "inbound", {"source": "webinar", "segment": "ent"}),
        (3, "outbound", {"source": "sdr", "segment": "smb"}),
        (4, "outbound", {"source": "list", "segment": "ent"}),
    )
    for young, channel, values in groups:
        world.leads(10, channel, "2025-01-06", **values)
        world.leads(young, channel, "2026-12-07", **values)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"inbound": (3, 23), "outbound": (7, 27)}),
        ({"channels": ("outbound",)}, {"outbound": (7, 27)}),
        ({"sources": ("web", "list")}, {"inbound": (1, 11), "outbound": (4, 14)}),
        ({"segments": ("smb",)}, {"inbound": (1, 11), "outbound": (3, 13)}),
        ({"from_on": "2026-12-07"}, {"inbound": (3, 3), "outbound": (7, 7)}),
        ({"to_on": "2026-12-06"}, {"inbound": (0, 20), "outbound": (0, 20)}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="source").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("list", "outbound", 4, 14),
        ("sdr", "outbound", 3, 13),
        ("web", "inbound", 1, 11),
        ("webinar", "inbound", 2, 12),
    ]


def test_without_the_day_of_creation_it_is_not_available(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = 'created_at'"
    )
    result = world.run(KPI)
    assert result.unavailable == "needs the column created_at of the extract leads"
    rows = result.rows.select("channel", "status", "numerator", "estimate", "low", "high").rows()
    assert rows == [
        ("inbound", "not_available", None, None, None, None),
        ("outbound", "not_available", None, None, None, None),
    ]


def test_it_needs_no_other_extract_than_leads(story):
    world = story(AS_OF)
    world.leads(4, "inbound", days_before(200))
    world.database().execute("update snapshot.coverage set known_count = 0 where extract <> 'leads'")
    assert world.row(KPI)["estimate"] == 0.0
