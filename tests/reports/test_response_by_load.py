"""Slow response by load: tenths of days by arrivals per staffed hour, and the wait of the slowest tenth on each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import ceil

import pytest
from scipy.stats import binom

REPORT = "response_by_load"
AS_OF = date(2026, 12, 31)
FIRST = date(2026, 3, 2)


def staff(world, day, hours):
    world.add("capacity", worked_on=day, staffed_min=60.0 * hours, hour_of_day=9, language="de")


def arrive(world, day, waits, channel="inbound"):
    """Leads of one day, dialled so many minutes after they came in; None: never."""
    for minutes in waits:
        created = datetime.combine(day, datetime.min.time()).replace(hour=9)
        lead = world.lead(channel, day, created_at=created)
        if minutes is not None:
            at = created + timedelta(minutes=minutes)
            world.call(lead, at.date(), started_at=at, direction="outbound")


def lines(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["tenth"]: row for row in rows if row["channel"] == channel}


def told(story, waits=range(1, 41)):
    """Ten days of forty leads; the staff shrinks from ten hours to one, so the last day is the busiest."""
    world = story(AS_OF)
    for place in range(10):
        day = FIRST + timedelta(days=place)
        staff(world, day, 10 - place)
        arrive(world, day, [minutes * (place + 1) if minutes is not None else None for minutes in waits])
    return world


def test_the_busiest_tenth_is_the_one_with_most_arrivals_per_staffed_hour(story):
    found = lines(told(story))
    assert list(found) == list(range(1, 11))
    # 40 leads over 10 hours, and over 1 hour
    assert (found[1]["load_low"], found[10]["load_high"]) == (4, 40)
    assert {(row["day_count"], row["denominator"]) for row in found.values()} == {(1, 40)}
    # the 36th of 40 waits: 36 minutes on the first day, ten times as many on the last
    rank = ceil(0.9 * 40)
    assert [found[tenth]["estimate"] for tenth in (1, 10)] == [rank, rank * 10]


def test_the_range_is_that_of_order_statistics(story):
    row = lines(told(story))[1]
    # Conover 1999: the largest r with P(Bin(40, .9) < r) <= .025, and the same from above
    low = max(r for r in range(1, 41) if binom.cdf(r - 1, 40, 0.9) <= 0.025)
    from_above = max((r for r in range(1, 41) if binom.cdf(r - 1, 40, 0.1) <= 0.025), default=0)
    assert (row["low"], row["high"]) == (low, 41 - from_above if from_above else None)


def test_who_had_no_response_stands_last(story):
    waits = [*range(1, 36), *[None] * 5]  # 35 of 40 had one within the week: 36 would be needed
    assert lines(told(story, waits))[1]["estimate"] is None
    week = [*range(1, 36), 10_080, *[None] * 4]
    assert lines(told(story, week))[1]["estimate"] == 10_080


def test_few_leads_give_no_wait(story):
    row = lines(told(story, range(1, 30)))[1]
    assert (row["status"], row["estimate"], row["denominator"]) == ("too_few", None, 29)


def test_days_without_staff_and_leads_of_the_last_week_are_left_out(story):
    world = told(story)
    arrive(world, FIRST + timedelta(days=40), range(1, 41))  # nobody is recorded at work
    staff(world, AS_OF - timedelta(days=3), 1)
    arrive(world, AS_OF - timedelta(days=3), [1])
    assert sum(row["denominator"] for row in lines(world).values()) == 400


def test_dates_filters_and_the_future(story):
    world = told(story)
    assert lines(world, from_on="2026-04-01") == {}
    assert lines(world, sources=("list",)) == {}
    assert lines(world, "outbound") == {}
    assert lines(world, as_of="2026-03-09")[1]["denominator"] == 40  # seven days after the first day
    with pytest.raises(KeyError):
        lines(world, as_of="2026-03-08")[1]
