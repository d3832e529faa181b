"""Won by age, half-year by half-year: each cohort is the curve of its own days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

REPORT = "won_by_half_year"
AS_OF = date(2026, 12, 31)


def cohort(world, created, count, won, day=100, channel="outbound"):
    leads = world.leads(count, channel, created)
    for lead in leads[:won]:
        world.won(lead, created + timedelta(days=day))
    return leads


def told(world, age, **asked):
    """Rows of the outbound leads at one age, by half-year."""
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == "outbound" and row["age_days"] == age}


def test_each_half_year_has_its_own_rate(story):
    world = story(AS_OF)
    cohort(world, date(2025, 3, 3), 100, won=10)
    cohort(world, date(2025, 9, 1), 200, won=50)
    found = told(world, 180)
    assert {name: row["estimate"] for name, row in found.items()} == pytest.approx(
        {"2025-H1": 0.1, "2025-H2": 0.25}
    )
    row = found["2025-H1"]
    assert (row["numerator"], row["denominator"], row["n_old_enough"], row["status"]) == (10, 100, 100, "ok")
    # Monday of the week in which 2025 begins, and the Sunday before the week in which July begins
    assert (row["created_from"], row["created_to"]) == (date(2024, 12, 30), date(2025, 6, 29))


@pytest.mark.parametrize(
    ("created", "half_year"),
    [
        ("2025-06-29", "2025-H1"),
        ("2025-06-30", "2025-H2"),  # its week ends on 6 July
        ("2025-12-28", "2025-H2"),
        ("2025-12-29", "2026-H1"),  # its week ends on 4 January
    ],
)
def test_a_week_belongs_to_the_half_year_in_which_it_ends(story, created, half_year):
    world = story(AS_OF)
    cohort(world, date.fromisoformat(created), 40, won=0)
    assert set(world.run(REPORT).rows["measure"]) == {half_year}


def test_a_half_year_is_the_close_rate_of_its_days(story):
    world = story(AS_OF)
    for week in range(60):
        cohort(world, date(2025, 1, 6) + timedelta(weeks=week), 8, won=week % 3, day=30 + week)
    ours = [
        row
        for row in world.run(REPORT).rows.to_dicts()
        if row["measure"] == "2025-H2" and row["channel"] == "outbound"
    ]
    curve = world.run("close_rate_at_equal_age", from_on="2025-06-30", to_on="2025-12-28").rows.to_dicts()
    theirs = {row["age_days"]: row for row in curve if row["channel"] == "outbound"}
    same = ("numerator", "denominator", "estimate", "low", "high", "n_old_enough", "status", "judge_on")
    assert len(ours) > 10
    for row in ours:
        assert [row[name] for name in same] == [theirs[row["age_days"]][name] for name in same]


def test_a_young_half_year_says_when_it_can_be_judged(story):
    world = story(AS_OF)
    cohort(world, date(2025, 3, 3), 100, won=10)
    cohort(world, date(2026, 9, 7), 100, won=5, day=20)
    row = told(world, 180)["2026-H2"]
    assert (row["estimate"], row["status"], row["n_old_enough"]) == (None, "too_early", 0)
    assert row["judge_on"] == date(2026, 9, 7) + timedelta(days=180)
    assert told(world, 90)["2026-H2"]["estimate"] == pytest.approx(0.05)


def test_a_win_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = cohort(world, date(2025, 3, 3), 100, won=10)
    world.won(leads[50], AS_OF + timedelta(days=1))
    assert told(world, 540)["2025-H1"]["numerator"] == 10


def test_days_and_filters_narrow_it(story):
    world = story(AS_OF)
    cohort(world, date(2025, 3, 3), 100, won=10)
    cohort(world, date(2025, 4, 7), 100, won=50)
    cohort(world, date(2025, 9, 1), 100, won=0)
    found = told(world, 180, from_on="2025-04-07", to_on="2025-07-31")
    assert {name: row["numerator"] for name, row in found.items()} == {"2025-H1": 50}
    assert told(world, 180, channels=("inbound",)) == {}


def test_no_lead_gives_no_row(story):
    assert story(AS_OF).run(REPORT).rows.height == 0
