"""Coverage: leads whose own working hours overlap hours staffed in their language."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "coverage_grid"
AS_OF = date(2026, 12, 31)
EVERY = "all languages"
THURSDAY = date(2026, 7, 2)  # summer time: Berlin is UTC+2, New York UTC-4, Kolkata UTC+5:30


def staff(world, hours, language="de", days=(THURSDAY,), minutes=60.0):
    for day in days:
        for hour in hours:
            world.add("capacity", worked_on=day, hour_of_day=hour, language=language, staffed_min=minutes)


def arrive(world, count, zone="Europe/Berlin", language="de", created=THURSDAY, hour=10, **values):
    return world.leads(
        count,
        values.pop("channel", "inbound"),
        created,
        created_at=datetime(created.year, created.month, created.day, hour, 30),
        timezone=zone,
        language_pref=language,
        **values,
    )


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def covered(world, **asked):
    return by_measure(world.run(KPI, **asked))[EVERY]


def test_covered_leads_by_language_and_hour(story):
    world = story(AS_OF)
    staff(world, (8, 9, 10))
    staff(world, (8,), "fr")
    arrive(world, 24)
    arrive(world, 12, language="fr")
    arrive(world, 4, hour=20)
    rows = by_measure(world.run(KPI))
    # 08 to 11 UTC is 10 to 13 in Berlin: three hours in German, one in French; two are promised
    expected = {
        EVERY: (28, 40, 1.0),
        "language de": (28, 28, 1.0),
        "language fr": (0, 12, 1.0),
        "language de, hour 10": (24, 24, None),
        "language de, hour 20": (0, 4, None),
        "language fr, hour 10": (0, 12, None),
    }
    assert rows.keys() == expected.keys()
    for measure, (part, whole, known) in expected.items():
        row = rows[measure]
        assert (row["numerator"], row["denominator"], row["n_old_enough"], row["known_share"]) == (
            part,
            whole,
            whole,
            known,
        )
        if whole >= 10:
            low, high = proportion_confint(part, whole, method="wilson")
            assert [row["estimate"], row["low"], row["high"]] == pytest.approx(
                [part / whole, low, high], abs=1e-9
            )
        else:
            assert (row["status"], row["estimate"], row["low"], row["high"]) == ("too_few", None, None, None)
    assert (rows[EVERY]["slice"], rows[EVERY]["status"]) == ("all", "ok")


@pytest.mark.parametrize(
    ("zone", "hours", "share"),
    [
        ("Europe/Berlin", (6, 7), 0),  # 08 to 10 there: one hour of the two lies before 9
        ("Europe/Berlin", (7, 8), 1),  # 09 to 11
        ("Europe/Berlin", (14, 15), 0),  # 16 to 18
        ("Europe/Berlin", (13, 14), 1),  # 15 to 17
        ("America/New_York", (13, 14), 1),  # 09 to 11
        ("America/New_York", (8, 9, 10), 0),  # 04 to 07
        ("Asia/Kolkata", (10, 11), 0),  # 15:30 to 17:30: an hour and a half
        ("Asia/Kolkata", (4, 5), 1),  # 09:30 to 11:30
        ("Pacific/Auckland", (21, 22), 1),  # 09 to 11 of the next local day, Friday
    ],
)
def test_the_hours_are_read_on_the_leads_own_clock(story, zone, hours, share):
    world = story(AS_OF)
    staff(world, hours)
    arrive(world, 30, zone, created=THURSDAY + timedelta(days=1))
    assert covered(world)["estimate"] == share


def test_winter_time_moves_the_hours(story):
    winter = date(2026, 12, 3)
    world = story(AS_OF)
    staff(world, (7, 8), days=(THURSDAY, winter))
    arrive(world, 30, created=THURSDAY, source="summer")
    arrive(world, 30, created=winter, source="winter")  # 08 to 10 in Berlin
    rows = {
        row["slice"]: row
        for row in world.run(KPI, slice_by="source").rows.to_dicts()
        if row["measure"] == EVERY
    }
    assert (rows["summer"]["estimate"], rows["winter"]["estimate"]) == (1.0, 0.0)


def test_the_reporting_zone_of_the_snapshot_is_used_where_it_is_known(story):
    world = story(AS_OF)
    staff(world, (9, 10))
    arrive(world, 30, "America/New_York")
    assert covered(world)["estimate"] == 0.0  # UTC: 05 to 07 in New York
    world.database().execute(
        "update snapshot.settings set value = 'America/New_York' where name = 'reporting.zone'"
    )
    assert covered(world)["estimate"] == 1.0


def test_a_zone_is_never_guessed(story):
    # neither from a telephone prefix nor from the country: without a known zone a lead is left out and counted
    world = story(AS_OF)
    staff(world, (8, 9, 10))
    arrive(world, 30)
    arrive(world, 10, None, country="DE")
    arrive(world, 10, "+49")
    arrive(world, 10, language=None)
    row = covered(world)
    assert (row["numerator"], row["denominator"], row["known_share"]) == (30, 30, 0.5)


def test_variants_of_a_language_are_one_language(story):
    world = story(AS_OF)
    staff(world, (8, 9), "DE_at")
    arrive(world, 30, language="de-CH")
    rows = by_measure(world.run(KPI))
    assert rows["language de"]["estimate"] == 1.0


def test_only_working_days_of_the_lead_count(story):
    saturday = date(2026, 7, 4)
    world = story(AS_OF)
    staff(world, (8, 9, 10), days=(saturday,))
    arrive(world, 30, created=saturday)
    assert covered(world)["estimate"] == 0.0


def test_two_people_in_an_hour_are_one_hour(story):
    world = story(AS_OF)
    staff(world, (8,))
    staff(world, (8,), minutes=90.0)  # two more people: 150 minutes in all, and still one hour of the clock
    arrive(world, 30)
    assert covered(world)["estimate"] == 0.0
    staff(world, (9,))
    assert covered(world)["estimate"] == 1.0


def test_half_an_hour_of_staff_is_half_an_hour(story):
    world = story(AS_OF)
    staff(world, (8, 9, 10), minutes=30.0)
    arrive(world, 30)
    assert covered(world)["estimate"] == 0.0
    staff(world, (11,), minutes=30.0)
    assert covered(world)["estimate"] == 1.0  # four halves are the two hours


@pytest.mark.parametrize(("days", "known", "share"), [(6, 30, 1.0), (7, 0, None), (-1, 0, None)])
def test_the_week_up_to_the_creation_counts(story, days, known, share):
    world = story(AS_OF)
    staff(world, (8, 9))
    arrive(world, 30, created=THURSDAY + timedelta(days=days))
    row = covered(world)
    # without a record of that week nothing is known, which is not uncovered
    assert (row["denominator"], row["estimate"]) == (known, share)


def test_capacity_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    staff(world, (3,))
    staff(world, (8, 9, 10), days=(THURSDAY + timedelta(days=1),))
    arrive(world, 30, created=THURSDAY)
    arrive(world, 30, created=THURSDAY + timedelta(days=1), source="next")
    assert covered(world)["numerator"] == 30
    row = covered(world, as_of=THURSDAY + timedelta(days=1))  # leads of that day join on the next
    assert (row["numerator"], row["denominator"]) == (0, 30)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edges_of_the_sample(story, count, status):
    world = story(AS_OF)
    staff(world, (8, 9))
    arrive(world, count)
    for row in by_measure(world.run(KPI)).values():
        assert (row["n_old_enough"], row["status"]) == (count, status)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [status == "too_few"] * 3


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    staff(world, (8, 9))
    arrive(world, 30, region="dach")
    arrive(world, 40, "America/New_York", region="us")
    arrive(world, 20, region="dach", channel="outbound", created=THURSDAY + timedelta(days=1))
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": (20, 20)}),
        ({"regions": ("dach",)}, {"inbound": (30, 30), "outbound": (20, 20)}),
        ({"to_on": "2026-07-02"}, {"inbound": (30, 70)}),
        ({"segments": ("ent",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == EVERY]
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_by_region_gives_the_grid(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="region").rows.to_dicts() if row["measure"] == EVERY]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("dach", "inbound", 1.0),
        ("dach", "outbound", 1.0),
        ("us", "inbound", 0.0),
    ]


def test_no_lead_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize(
    ("extract", "column"),
    [("leads", "timezone"), ("leads", "language_pref"), ("capacity", "hour"), ("capacity", "language")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    staff(world, (8, 9))
    arrive(world, 30)
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
