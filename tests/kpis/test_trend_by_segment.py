"""Movement by week of creation: meetings within 30 days, against limits from the other weeks."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "trend_by_segment"
AS_OF = date(2026, 12, 31)
MONDAY = date(2026, 3, 2)  # ISO week 2026-W10
ALL = "all mature weeks"


def week(world, number, met, count, channel="inbound", **values):
    """One cohort week: `met` of `count` leads meet on day 3."""
    created = MONDAY + timedelta(weeks=number)
    for lead in world.leads(count, channel, created, **values)[:met]:
        world.meeting(lead, created + timedelta(days=3))


def by_week(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_one_low_week_among_eight(story):
    world = story(AS_OF)
    for number in range(7):
        week(world, number, 40, 100)
    week(world, 7, 20, 100)
    rows = by_week(world.run(KPI))
    # the seven others: 280 of 700, .4 +- 3 sqrt(.4 x .6 / 100) = .2530 to .5470; .2 lies below
    low, high = proportion_confint(20, 100, method="wilson")
    assert rows["2026-W17"] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 20,
        "denominator": 100,
        "estimate": 0.2,
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 30,
        "judge_on": date(2026, 4, 26) + timedelta(days=30),
        "measure": "2026-W17",
        "week_on": date(2026, 4, 20),
        "center": pytest.approx(0.4, abs=1e-12),
        "lower_limit": pytest.approx(0.4 - 3 * sqrt(0.24 / 100), abs=1e-12),
        "upper_limit": pytest.approx(0.4 + 3 * sqrt(0.24 / 100), abs=1e-12),
        "is_outside": True,
    }
    # any other week is judged by six of 40 and one of 20: 260 of 700
    other = rows["2026-W10"]
    assert (other["center"], other["is_outside"]) == (pytest.approx(260 / 700, abs=1e-12), False)
    total = rows[ALL]
    assert (total["numerator"], total["denominator"], total["estimate"]) == (300, 800, 0.375)
    assert [total["low"], total["high"]] == pytest.approx(
        proportion_confint(300, 800, method="wilson"), abs=1e-9
    )
    assert len(rows) == 9


def test_noise_is_not_chased(story):
    # 30 to 48 of 100 swing by more than half of themselves, and every week stays inside the limits
    world = story(AS_OF)
    for number, met in enumerate((30, 48, 36, 44, 33, 45, 38, 40)):
        week(world, number, met, 100)
    rows = by_week(world.run(KPI))
    assert [row["is_outside"] for name, row in rows.items() if name != ALL] == [False] * 8


def test_a_week_is_left_out_of_its_own_limits(story):
    world = story(AS_OF)
    for number in range(6):
        week(world, number, 10, 100)
    week(world, 6, 100, 100)
    row = by_week(world.run(KPI))["2026-W16"]
    assert row["center"] == pytest.approx(0.1, abs=1e-12)  # with itself it would be 160 / 700 = .23


def test_a_week_is_too_early_until_its_sunday_is_thirty_days_old(story):
    world = story(AS_OF)
    for number in range(7):
        week(world, number, 40, 100)
    sunday = MONDAY + timedelta(days=48)
    day_before = by_week(world.run(KPI, as_of=sunday + timedelta(days=29)))["2026-W16"]
    # all its leads came on Monday and are old enough, the week is not over for its other days
    assert (day_before["status"], day_before["n_old_enough"], day_before["denominator"]) == (
        "too_early",
        100,
        100,
    )
    names = ("numerator", "estimate", "low", "high", "is_outside")
    assert [day_before[name] for name in names] == [None] * 5
    assert day_before["judge_on"] == sunday + timedelta(days=30)
    on_the_day = by_week(world.run(KPI, as_of=sunday + timedelta(days=30)))["2026-W16"]
    assert (on_the_day["status"], on_the_day["estimate"]) == ("ok", 0.4)


def test_young_weeks_do_not_enter_the_limits_of_the_others(story):
    world = story(AS_OF)
    for number in range(7):
        week(world, number, 40, 100)
    young = (date(2026, 12, 14) - MONDAY).days // 7
    week(world, young, 100, 100)
    rows = by_week(world.run(KPI))
    assert rows["2026-W10"]["center"] == pytest.approx(0.4, abs=1e-12)
    assert rows[ALL]["denominator"] == 700
    assert rows["2026-W51"]["status"] == "too_early"


def test_only_meetings_held_by_day_30_and_before_the_end_count(story):
    world = story(AS_OF)
    leads = world.leads(40, "inbound", MONDAY)
    world.meeting(leads[0], MONDAY + timedelta(days=30))
    world.meeting(leads[1], MONDAY + timedelta(days=31))
    world.meeting(leads[2], None, booked_on=MONDAY)
    late = world.leads(10, "inbound", MONDAY, disqualified=MONDAY + timedelta(days=5))
    world.meeting(late[0], MONDAY + timedelta(days=5))
    world.meeting(late[1], MONDAY + timedelta(days=6))
    row = by_week(world.run(KPI))["2026-W10"]
    assert (row["numerator"], row["denominator"]) == (2, 50)


def test_leads_that_entered_late_are_in_no_plain_share(story):
    world = story(AS_OF)
    week(world, 0, 20, 40)
    week(world, 0, 40, 40, entry_age=20)
    assert by_week(world.run(KPI))[ALL]["estimate"] == 0.5


def test_a_meeting_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    created = AS_OF - timedelta(days=36)
    for lead in world.leads(40, "inbound", created, source="web"):
        world.meeting(lead, AS_OF + timedelta(days=1))
    assert by_week(world.run(KPI))[ALL]["numerator"] == 0
    # the leads of today join tomorrow
    before = world.run(KPI).rows
    world.leads(50, "inbound", AS_OF)
    assert world.run(KPI).rows.equals(before)


@pytest.mark.parametrize(("weeks", "shown"), [(6, False), (7, True)])
def test_six_other_weeks_are_needed_for_limits(story, weeks, shown):
    world = story(AS_OF)
    for number in range(weeks):
        week(world, number, 4, 10)
    row = by_week(world.run(KPI))["2026-W10"]
    assert (row["estimate"], row["status"]) == (0.4, "provisional")
    names = ("center", "lower_limit", "upper_limit", "is_outside")
    assert [row[name] is not None for name in names] == [shown] * 4


def test_weeks_without_any_meeting_give_no_limits(story):
    # limits of 0 to 0 would call the first meeting a sensation
    world = story(AS_OF)
    for number in range(8):
        week(world, number, 0, 100)
    week(world, 8, 1, 100)
    row = by_week(world.run(KPI))["2026-W18"]
    assert (row["estimate"], row["lower_limit"], row["upper_limit"], row["is_outside"]) == (
        0.01,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edges_of_the_sample(story, count, status):
    world = story(AS_OF)
    week(world, 0, 5, count)
    for row in by_week(world.run(KPI)).values():
        assert (row["n_old_enough"], row["status"]) == (count, status)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [status == "too_few"] * 3


def test_the_week_of_the_turn_of_the_year_bears_its_iso_year(story):
    world = story(AS_OF)
    world.leads(10, "inbound", "2025-12-29")
    world.leads(10, "inbound", "2026-01-04")
    assert by_week(world.run(KPI))["2026-W01"]["denominator"] == 20


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for number in range(3):
        week(world, number, 10, 20, segment="smb")
        week(world, number, 5, 20, segment="ent")
        week(world, number, 2, 20, "outbound", segment="ent")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (45, 120)}),
        ({"segments": ("ent",)}, {"inbound": (15, 60), "outbound": (6, 60)}),
        ({"from_on": "2026-03-09", "to_on": "2026-03-15"}, {"inbound": (15, 40), "outbound": (2, 20)}),
        ({"regions": ("south",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == ALL]
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_gives_its_own_weeks(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["measure"], row["numerator"]) for row in rows] == [
        (name, channel, measure, met if measure != ALL else 3 * met)
        for name, channel, met in (("ent", "inbound", 5), ("ent", "outbound", 2), ("smb", "inbound", 10))
        for measure in ("2026-W10", "2026-W11", "2026-W12", ALL)
    ]


def test_another_horizon_may_be_asked(story):
    world = story(AS_OF)
    week(world, 0, 20, 40)
    assert by_week(world.run(KPI, horizon=2))["2026-W10"]["numerator"] == 0
    assert by_week(world.run(KPI, horizon=3))["2026-W10"]["numerator"] == 20


def test_no_lead_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize(("extract", "column"), [("meetings", "held_at"), ("leads", "created_at")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    week(world, 0, 20, 40)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate").rows() == [
        ("inbound", "not_available", None),
        ("outbound", "not_available", None),
    ]
