"""The weekly reports: one line per week of creation, each stage at its own age, limits from the other weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

AS_OF = date(2026, 12, 31)


@pytest.fixture
def world(story):
    """Eight weeks of 40 inbound leads each from 5 January 2026; 20 meet, 10 get an opportunity and 4 are won, in every week."""
    world = story(AS_OF)
    for week in range(8):
        monday = date(2026, 1, 5) + timedelta(weeks=week)
        leads = world.leads(40, "inbound", monday)
        for lead in leads[:20]:
            world.meeting(lead, monday + timedelta(days=5))
        for lead in leads[:6]:
            world.opportunity(lead, monday + timedelta(days=9))
        for lead in leads[6:10]:
            world.opportunity(lead, monday + timedelta(days=9), "won", monday + timedelta(days=50), 900)
    return world


@pytest.mark.parametrize(
    ("report", "reached", "age"),
    [("meeting_weeks", 20, 30), ("opportunity_weeks", 10, 45), ("won_weeks", 4, 180)],
)
def test_a_week_is_judged_at_the_age_of_its_stage(world, report, reached, age):
    rows = world.run(report).rows
    assert rows["measure"].to_list() == [f"2026-W{week:02}" for week in range(2, 10)]
    first = rows.row(0, named=True)
    assert (first["numerator"], first["denominator"], first["horizon_days"]) == (reached, 40, age)
    # every other week is alike, so the line in the middle is the week's own share
    assert first["estimate"] == first["center"] == reached / 40
    assert not any(rows["is_outside"])
