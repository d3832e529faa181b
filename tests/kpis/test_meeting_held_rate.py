"""Meetings held: of the meetings whose day has passed and whose outcome is recorded, how many took place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "meeting_held_rate"
AS_OF = date(2026, 12, 31)
DAY = date(2026, 6, 1)


def book(world, count, status, channel="inbound", scheduled=DAY, **values):
    """`count` leads with one meeting each, of that status."""
    leads = world.leads(count, channel, "2026-01-01", **values)
    for lead in leads:
        put(world, lead, status, scheduled)
    return leads


def put(world, lead, status, scheduled=DAY, booked=None):
    held = scheduled if status == "held" else None
    world.meeting(
        lead, held, booked_on=booked or scheduled - timedelta(days=7), scheduled_on=scheduled, status=status
    )


def test_thirty_of_forty_meetings_were_held(story):
    world = story(AS_OF)
    for count, status in ((30, "held"), (6, "no_show"), (4, "cancelled"), (10, "booked")):
        book(world, count, status)
    # One meeting a lead. The variance between 40 leads with their G/(G - 1) is p(1 - p)/40 x 40/39, so they are worth
    # 39 independent meetings: 0.75 x 39 = 29.25 of 39.
    low, high = proportion_confint(29.25, 39, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 30,
            "denominator": 40,
            "estimate": 0.75,
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": 40,
            "status": "ok",
            "no_show_count": 6,
            "cancelled_count": 4,
            "unrecorded_count": 10,
            "if_none_of_those_was_held": pytest.approx(30 / 50, abs=1e-12),
            "moved_count": 0,
        }
    ]


def test_a_chain_of_moved_meetings_counts_once_by_its_last(story):
    world = story(AS_OF)
    for lead in book(world, 20, "cancelled"):
        put(world, lead, "no_show", DAY + timedelta(days=7))
        put(world, lead, "held", DAY + timedelta(days=14))
    book(world, 10, "no_show")
    row = world.row(KPI)
    # 60 + 10 rows, 30 chains: 20 ended held, 10 not
    assert (row["numerator"], row["denominator"], row["moved_count"]) == (20, 30, 40)
    assert (row["no_show_count"], row["cancelled_count"]) == (10, 0)
    assert row["estimate"] == pytest.approx(20 / 30, abs=1e-12)


def test_a_meeting_after_a_held_one_begins_a_chain_of_its_own(story):
    world = story(AS_OF)
    for lead in book(world, 30, "held"):
        put(world, lead, "no_show", DAY + timedelta(days=30))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["moved_count"]) == (30, 60, 0)


def test_a_chain_whose_last_meeting_is_still_to_come_is_not_judged(story):
    world = story(AS_OF)
    for lead in book(world, 5, "no_show"):
        put(world, lead, "booked", AS_OF + timedelta(days=3), booked=DAY + timedelta(days=1))
    book(world, 30, "held")
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["moved_count"], row["unrecorded_count"]) == (
        30,
        30,
        5,
        0,
    )


def test_meetings_of_one_lead_are_not_independent(story):
    world = story(AS_OF)
    # 10 leads hold four meetings each, 10 leads miss their only one: it is leads that differ, not meetings.
    for lead in world.leads(10, "inbound", "2026-01-01"):
        for week in range(4):
            put(world, lead, "held", DAY + timedelta(weeks=week))
    book(world, 10, "no_show")
    row = world.row(KPI)
    # p = 40/50 = .8. Held leads deviate by 4 - .8 x 4 = .8, the others by -.8: 20 x .64 = 12.8.
    # Variance 12.8 x 20/19 / 50^2 = .0053895, so they are worth .16 / .0053895 = 29.6875 meetings.
    low, high = proportion_confint(0.8 * 29.6875, 29.6875, method="wilson")
    assert (row["estimate"], row["n_old_enough"]) == (0.8, 50)
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-12)


def test_the_day_of_the_meeting_must_have_passed(story):
    world = story(AS_OF)
    book(world, 30, "held", scheduled=AS_OF - timedelta(days=1))
    book(world, 30, "no_show", scheduled=AS_OF)
    book(world, 30, "cancelled", scheduled=AS_OF + timedelta(days=1))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["cancelled_count"]) == (30, 30, 0)
    low = proportion_confint(30, 30, method="wilson")[0]
    assert (row["low"], row["high"]) == (pytest.approx(low, abs=1e-12), 1.0)


def test_a_meeting_held_after_as_of_has_no_outcome_yet(story):
    world = story(AS_OF)
    book(world, 30, "no_show")
    for lead in world.leads(8, "inbound", "2026-01-01"):
        world.meeting(lead, AS_OF + timedelta(days=1), booked_on=DAY, scheduled_on=DAY, status="held")
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["unrecorded_count"]) == (0, 30, 8)
    assert world.run(KPI, as_of=DAY).rows.height == 0


def test_without_a_scheduled_day_it_stands_on_the_day_held_or_booked(story):
    world = story(AS_OF)
    for lead in world.leads(20, "inbound", "2026-01-01"):
        world.meeting(lead, "2026-03-10", booked_on=date(2026, 3, 1))
    for lead in world.leads(20, "inbound", "2026-01-01"):
        world.meeting(lead, None, booked_on=date(2026, 5, 1), status="no_show")
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (20, 40)
    assert world.row(KPI, from_on="2026-03-10", to_on="2026-03-10")["denominator"] == 20
    assert world.row(KPI, from_on="2026-05-01")["numerator"] == 0


def test_no_meeting_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    book(world, 40, "held")
    assert world.run(KPI, from_on="2026-06-02").rows.height == 0
    world = story(AS_OF)
    world.leads(40, "inbound", "2026-01-01")
    assert world.run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for held, missed, channel, source, segment in (
        (30, 10, "inbound", "web", "smb"),
        (20, 20, "inbound", "webinar", "ent"),
        (12, 28, "outbound", "sdr", "ent"),
    ):
        book(world, held, "held", channel, source=source, segment=segment)
        book(world, missed, "no_show", channel, source=source, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": (12, 40)}),
        ({"sources": ("web", "sdr")}, {"inbound": (30, 40), "outbound": (12, 40)}),
        ({"segments": ("ent",)}, {"inbound": (20, 40), "outbound": (12, 40)}),
        ({"regions": ("south",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 0.5),
        ("ent", "outbound", 0.3),
        ("smb", "inbound", 0.75),
    ]


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_ten_are_needed_to_show_and_thirty_to_judge(story, count, status):
    world = story(AS_OF)
    book(world, count - 3, "held")
    book(world, 3, "no_show")
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, count)
    shown = status != "too_few"
    assert [row[name] is not None for name in ("estimate", "low", "high")] == [shown] * 3


@pytest.mark.parametrize("column", ["scheduled_at", "status"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    book(world, 40, "held")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'meetings' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract meetings"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
