"""Outcomes of all calls: the classes apart, the unmapped visible, the shares of a channel adding up to 1."""

from __future__ import annotations

from datetime import date

import pytest
from statsmodels.stats.proportion import proportion_confint

REPORT = "outcome_mix"
AS_OF = date(2026, 12, 31)


def lines(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def told(story):
    world = story(AS_OF)
    lead = world.lead()
    for disposition, count, code in (
        ("qualified", 12, "Q"),
        ("no_fit", 8, "NF"),
        ("no_fit", 1, "nf"),
        ("unreachable", 16, None),
        ("unmapped", 2, "CBX"),
        ("unmapped", 1, " "),
    ):
        for _ in range(count):
            world.call(lead, "2026-06-01", disposition, outcome_code=code)
    return world


def test_every_class_has_its_share_of_all_calls(story):
    found = lines(told(story))
    # 40 calls
    assert {name: (row["numerator"], row["denominator"], row["estimate"]) for name, row in found.items()} == {
        "qualified": (12, 40, 0.3),
        "no_fit": (9, 40, 0.225),
        "unreachable": (16, 40, 0.4),
        "unmapped": (3, 40, 0.075),
    }
    assert [found["qualified"]["low"], found["qualified"]["high"]] == pytest.approx(
        proportion_confint(12, 40, method="wilson")
    )
    assert {row["status"] for row in found.values()} == {"ok"}


def test_the_codes_behind_a_class_are_named(story):
    found = lines(told(story))
    assert found["unmapped"]["codes"] == "(blank), CBX"
    assert found["no_fit"]["codes"] == "NF, nf"


def test_few_calls_give_no_share_and_later_ones_are_not_known(story):
    world = told(story)
    lead = world.lead("outbound")
    for day in ("2026-05-01",) * 9 + ("2026-12-31",):
        world.call(lead, day)
    assert lines(world, "outbound", as_of="2026-12-30")["unreachable"]["estimate"] is None
    assert lines(world, "outbound")["unreachable"]["estimate"] == 1
    assert lines(world, from_on="2026-06-02") == {}
    assert lines(world, segments=("ent",)) == {}
