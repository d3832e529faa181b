"""Arrivals on the lead's own clock, against hours staffed in its language."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from statsmodels.stats.proportion import proportion_confint

REPORT = "arrival_hours"
AS_OF = date(2026, 12, 31)
THURSDAY = date(2026, 7, 2)  # summer time: Berlin is UTC+2, New York UTC-4


def staff(world, *hours, language="de", day=THURSDAY):
    for hour in hours:
        world.add("capacity", worked_on=day, hour_of_day=hour, language=language, staffed_min=60.0)


def arrive(world, count, hour, zone="Europe/Berlin", language="de", day=THURSDAY, **values):
    world.leads(
        count,
        values.pop("channel", "inbound"),
        day,
        created_at=datetime(day.year, day.month, day.day, hour, 30),
        timezone=zone,
        language_pref=language,
        **values,
    )


def lines(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel and row["weekday"]}


def test_day_and_hour_are_those_of_the_lead(story):
    world = story(AS_OF)
    staff(world, 8, 9)
    staff(world, 2, language="en")
    arrive(world, 24, 8)  # half past ten in Berlin, staffed
    arrive(world, 12, 8, language="fr")  # nobody speaks French
    arrive(world, 3, 12)  # nobody there
    arrive(world, 2, 2, "America/New_York", "en-US")  # Wednesday evening over there
    found = lines(world)
    assert {
        name: (row["numerator"], row["denominator"], row["weekday"], row["hour"])
        for name, row in found.items()
    } == {
        "Thu 10:00": (24, 36, 4, 10),
        "Thu 14:00": (0, 3, 4, 14),
        "Wed 22:00": (2, 2, 3, 22),
    }
    assert [found["Thu 10:00"][key] for key in ("estimate", "low", "high", "status")] == [
        pytest.approx(24 / 36),
        *(pytest.approx(limit) for limit in proportion_confint(24, 36, method="wilson")),
        "ok",
    ]
    assert (found["Thu 14:00"]["estimate"], found["Thu 14:00"]["status"]) == (None, "too_few")
    assert [found[name]["is_mostly_staffed"] for name in ("Thu 10:00", "Thu 14:00")] == [True, None]
    whole = world.run(REPORT).first("inbound")
    assert (whole["measure"], whole["numerator"], whole["denominator"]) == ("all hours", 26, 41)


def test_who_cannot_be_placed_is_counted_beside(story):
    world = story(AS_OF)
    staff(world, 8)
    arrive(world, 12, 8)
    arrive(world, 3, 8, zone=None)
    arrive(world, 2, 8, zone="Mars")
    arrive(world, 4, 8, language=None)
    arrive(world, 1, 8, day=date(2026, 7, 3))  # no capacity is recorded for that day
    found = lines(world)["Thu 10:00"]
    assert (found["denominator"], found["without_zone_count"], found["unknown_count"]) == (12, 5, 5)


def test_the_zone_of_the_data_is_that_of_the_mapping(story):
    world = story(AS_OF)
    staff(world, 8)
    arrive(world, 10, 8)
    world.database().execute("delete from snapshot.settings where name = 'reporting.zone'")
    world.database().execute("insert into snapshot.settings values ('reporting.zone', 'Asia/Tokyo')")
    # half past eight in Tokyo is half past one in Berlin
    assert lines(world).keys() == {"Thu 01:00"}
    world.database().execute("delete from snapshot.settings where name = 'reporting.zone'")


def test_dates_filters_and_the_as_of_day_apply(story):
    world = story(AS_OF)
    staff(world, 8)
    arrive(world, 10, 8)
    assert lines(world, from_on="2026-07-03") == {}
    assert lines(world, as_of="2026-07-02") == {}  # created on that day: not complete yet
    assert lines(world, "outbound") == {}
    assert lines(world, regions=("south",)) == {}


def test_without_capacity_it_is_not_available(story):
    world = story(AS_OF)
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'capacity'")
    assert "capacity" in world.run(REPORT).unavailable
