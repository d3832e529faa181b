"""Escalation: of the leads flagged as high potential, how many a closer has touched within an hour and a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "escalation_time"
AS_OF = date(2026, 12, 31)
FLAGGED = datetime(2026, 6, 1, 10, 0)
HOUR, DAY = "within 1 hour", "within 24 hours"


def flag(world, count, minutes=None, flagged=FLAGGED, channel="inbound", **values):
    """`count` leads flagged at a moment and touched by a closer so many minutes later, or never."""
    leads = world.leads(count, channel, flagged.date() - timedelta(days=1), priority_at=flagged, **values)
    for lead in leads if minutes is not None else []:
        touch(world, lead, flagged + timedelta(minutes=minutes))
    return leads


def touch(world, lead, touched):
    handed = touched - timedelta(days=5)
    world.add(
        "handoffs",
        lead_id=lead,
        handed_at=handed,
        handed_on=handed.date(),
        first_sales_touch_at=touched,
        first_sales_touch_on=touched.date(),
    )


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_shares_within_an_hour_and_a_day(story):
    world = story(AS_OF)
    flag(world, 3, 60)  # the sixtieth minute is in time
    flag(world, 1, 61)
    flag(world, 4, 1441)
    flag(world, 92)
    rows = by_measure(world.run(KPI))
    # Everyone is followed for 30 days, so the shares are 3 and 4 of 100; under five events: Wilson.
    for measure, minutes, events in ((HOUR, 60, 3), (DAY, 1440, 4)):
        low, high = proportion_confint(events, 100, method="wilson")
        assert rows[measure] == {
            "slice": "all",
            "channel": "inbound",
            "numerator": events,
            "denominator": 100,
            "estimate": pytest.approx(events / 100, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 100,
            "status": "ok",
            "judge_on": FLAGGED.date() + timedelta(days=1),
            "measure": measure,
            "age_minutes": minutes,
            "touched_before_count": 0,
        }
    assert len(rows) == 2


def test_a_flag_set_after_the_touch_is_counted_and_left_out(story):
    world = story(AS_OF)
    flag(world, 40, 30)
    flag(world, 25, -1)  # touched a minute before the flag
    flag(world, 60)
    row = by_measure(world.run(KPI))[HOUR]
    # as answers within the hour they would give 65 of 125
    assert (row["numerator"], row["denominator"], row["touched_before_count"]) == (40, 100, 25)
    assert row["estimate"] == pytest.approx(0.4, abs=1e-12)


def test_leads_without_a_flag_are_not_in_it(story):
    world = story(AS_OF)
    flag(world, 100, 30)
    for lead in world.leads(50, "inbound", "2026-05-31"):
        touch(world, lead, FLAGGED)
    assert by_measure(world.run(KPI))[HOUR]["denominator"] == 100


def test_the_first_of_several_touches_counts(story):
    world = story(AS_OF)
    for lead in flag(world, 100, 50):
        touch(world, lead, FLAGGED + timedelta(minutes=10))
        touch(world, lead, FLAGGED + timedelta(minutes=5000))
    assert by_measure(world.run(KPI))[HOUR]["numerator"] == 100


def test_a_lead_lost_before_its_touch_can_no_longer_be_escalated(story):
    world = story(AS_OF)
    lost = flag(world, 50, 1440 * 3, disqualified=FLAGGED.date())
    flag(world, 50, 1000)
    assert len(lost) == 50
    row = by_measure(world.run(KPI))[DAY]
    # 50 of 100 are touched after 1,000 minutes, the other 50 are lost that night
    assert row["estimate"] == pytest.approx(0.5, abs=1e-12)


def test_a_touch_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    flag(world, 100, 1200, flagged=datetime(2026, 12, 30, 10, 0))  # touched at 06:00 on as_of
    flag(world, 100, 1200, flagged=datetime(2026, 12, 30, 10, 0), channel="outbound")
    assert by_measure(world.run(KPI))[DAY]["numerator"] == 100
    seen_before = by_measure(world.run(KPI, as_of=AS_OF - timedelta(days=1)))
    # flagged on that very day: nobody has a complete day behind it
    assert (seen_before[DAY]["numerator"], seen_before[DAY]["estimate"]) == (0, None)
    assert seen_before[DAY]["n_old_enough"] == 0


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 9, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_gate_counts_flags_that_are_old_enough(story, old, young, status):
    world = story(AS_OF)
    flag(world, old, 30, flagged=datetime(2026, 12, 30, 10, 0))
    flag(world, young, 30, flagged=datetime(2026, 12, 31, 10, 0))
    row = by_measure(world.run(KPI))[DAY]
    assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + young, status)
    assert [row[name] is None for name in ("estimate", "low", "high")] == [old < 30] * 3


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    flag(world, 30, 30, segment="smb")
    flag(world, 30, 90, segment="ent", flagged=FLAGGED + timedelta(days=40))
    flag(world, 30, -5, segment="ent", flagged=FLAGGED + timedelta(days=40))
    flag(world, 50, 30, segment="ent", channel="outbound")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": (50, 50, 0)}),
        ({"segments": ("ent",)}, {"inbound": (0, 30, 30), "outbound": (50, 50, 0)}),
        ({"to_on": "2026-06-01"}, {"inbound": (30, 30, 0), "outbound": (50, 50, 0)}),  # days of the flag
        ({"from_on": "2026-06-02"}, {"inbound": (0, 30, 30)}),
    ],
)
def test_filters_choose_flags(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == HOUR]
    found = {
        row["channel"]: (row["numerator"], row["denominator"], row["touched_before_count"]) for row in rows
    }
    assert found == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="segment").rows.to_dicts() if row["measure"] == HOUR]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 0.0),
        ("ent", "outbound", 1.0),
        ("smb", "inbound", 1.0),
    ]


def test_no_flag_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100)
    assert world.run(KPI).rows.height == 0


@pytest.mark.parametrize(
    ("extract", "column"), [("leads", "priority_at"), ("handoffs", "first_sales_touch_at")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    flag(world, 100, 30)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
