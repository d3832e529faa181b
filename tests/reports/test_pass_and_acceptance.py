"""Pass rate against later acceptance: each half of the chosen days, and the range of the difference."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

REPORT = "pass_and_acceptance"
AS_OF = date(2026, 12, 31)
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def call(world, lead, count, day, passed):
    for place in range(count):
        world.call(lead, day, "qualified" if place < passed else "no_fit")


def hand(world, count, day, accepted, after=1):
    for place, lead in enumerate(world.leads(count, created="2025-12-01")):
        moment = datetime.combine(day, datetime.min.time())
        world.add(
            "handoffs",
            lead_id=lead,
            handed_at=moment,
            handed_on=day,
            accepted_at=moment + timedelta(days=after) if place < accepted else None,
        )


def lines(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def told(story):
    world = story(AS_OF)
    lead = world.lead(created="2025-12-01")
    call(world, lead, 100, FIRST, 30)
    call(world, lead, 100, LAST, 50)
    hand(world, 60, FIRST, 48)
    hand(world, 80, LAST, 40)
    return world


def test_the_halves_and_the_range_of_their_difference(story):
    found = lines(told(story))
    # 1 January to 30 June are 181 days: the later half begins on 1 April (day 90 of 0 to 180)
    assert {row["split_on"] for row in found.values()} == {date(2026, 4, 1)}
    for measure, later, earlier in (("passed", (50, 100), (30, 100)), ("accepted", (40, 80), (48, 60))):
        row = found[measure]
        assert (row["numerator"], row["denominator"], row["earlier_count"]) == (*later, earlier[1])
        assert (row["later_share"], row["earlier_share"]) == (later[0] / later[1], earlier[0] / earlier[1])
        assert row["estimate"] == pytest.approx(later[0] / later[1] - earlier[0] / earlier[1])
        # Newcombe 1998, method 10
        limits = confint_proportions_2indep(*later, *earlier, compare="diff", method="newcomb")
        assert [row["low"], row["high"]] == pytest.approx(limits)


def test_accepted_too_late_is_not_accepted_and_too_young_is_left_out(story):
    world = told(story)
    hand(world, 10, LAST, 10, after=6)  # five days are agreed
    assert (lines(world)["accepted"]["numerator"], lines(world)["accepted"]["denominator"]) == (40, 90)
    young = lines(world, as_of="2026-07-04")  # four days after the last hand-offs
    assert "accepted" not in young or young["accepted"]["denominator"] == 0


def test_few_units_give_no_difference(story):
    world = story(AS_OF)
    lead = world.lead(created="2025-12-01")
    call(world, lead, 9, FIRST, 3)
    call(world, lead, 90, LAST, 30)
    row = lines(world)["passed"]
    assert (row["status"], row["estimate"], row["low"], row["later_share"]) == ("too_few", None, None, None)
    assert lines(world, segments=("ent",)) == {}
