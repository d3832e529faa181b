"""Contact data validated: the share of leads whose telephone number and role were checked by an age."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story, on

KPI = "contact_validation_rate"
AS_OF = date(2026, 12, 31)
Z95 = 1.959963984540054


def days_before(days):
    return AS_OF - timedelta(days=days)


def check(world, lead, day, *fields, result="correct"):
    day = on(day)
    for field in fields:
        world.add(
            "data_checks",
            lead_id=lead,
            checked_field=field,
            checked_result=result,
            checked_at=datetime.combine(day, time(12)),
            checked_on=day,
        )


def test_telephone_and_role_both_checked(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-03-01")
    for lead in leads[:40]:
        check(world, lead, "2026-03-03", "phone")
        check(world, lead, "2026-03-08", "role")
    for lead in leads[40:60]:
        check(world, lead, "2026-03-03", "phone", "email", "company")  # no role: not validated
    for lead in leads[60:70]:
        check(world, lead, "2026-03-31", "phone", "role")  # day 30: in time
    for lead in leads[70:80]:
        check(world, lead, "2026-04-01", "phone", "role")  # day 31: too late
    # 50 of 100, nobody censored: p(1 - p)/n, log(-log) limits
    se = sqrt(0.5 * 0.5 / 100)
    limits = [0.5 ** exp(sign * Z95 * se / (0.5 * log(0.5))) for sign in (-1, 1)]
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 50,
            "denominator": 100,
            "estimate": pytest.approx(0.5, abs=1e-12),
            "low": pytest.approx(limits[0], abs=1e-12),
            "high": pytest.approx(limits[1], abs=1e-12),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 30,
            "judge_on": date(2026, 3, 31),
        }
    ]


def test_the_later_of_the_two_checks_decides_the_day(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", "2026-03-01"):
        check(world, lead, "2026-03-02", "role")
        check(world, lead, "2026-03-11", "phone")  # day 10
        check(world, lead, "2026-06-01", "phone", "role")  # checked again: the first time stands
    assert world.row(KPI, horizon=9)["numerator"] == 0
    assert world.row(KPI, horizon=10)["numerator"] == 100


def test_a_number_found_wrong_is_a_checked_one(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", "2026-03-01"):
        check(world, lead, "2026-03-02", "phone", "role", result="wrong")
    assert world.row(KPI)["numerator"] == 100


def test_a_lead_that_is_lost_can_still_be_checked(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-03-01", disqualified="2026-03-02")
    for lead in leads[:30]:
        check(world, lead, "2026-03-20", "phone", "role")
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"]) == (30, pytest.approx(0.3, abs=1e-12))


def test_young_leads_are_not_taken_for_unchecked_ones(story):
    # 40 of 100 old leads are checked on day 20, after the 100 young ones have left on day 10
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", days_before(60))[:40]:
        check(world, lead, days_before(40), "phone", "role")
    world.leads(100, "inbound", days_before(10))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (40, 200, 100)
    assert row["estimate"] == pytest.approx(0.4, abs=1e-12)


def test_a_check_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", days_before(30))
    check(world, leads[0], AS_OF, "phone", "role")
    check(world, leads[1], AS_OF, "phone")
    check(world, leads[1], AS_OF + timedelta(days=1), "role")
    assert world.row(KPI)["numerator"] == 1


def test_no_lead_in_the_window_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    assert world.run(KPI, from_on="2026-02-01", to_on="2026-02-28").rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    for name, channel, checked in (("form", "inbound", 90), ("list", "outbound", 20)):
        for lead in world.leads(100, channel, "2026-03-01", source=name)[:checked]:
            check(world, lead, "2026-03-02", "phone", "role")
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"]) for row in rows] == [
        ("form", "inbound", 90),
        ("list", "outbound", 20),
    ]
    assert world.run(KPI, sources=("list",)).rows["channel"].to_list() == ["outbound"]


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 0, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_gate_counts_leads_that_are_thirty_days_old(story, old, young, status):
    world = story(AS_OF)
    for lead in world.leads(old, "inbound", days_before(30)):
        check(world, lead, days_before(30), "phone", "role")
    world.leads(young, "inbound", days_before(29))
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"], row["denominator"]) == (status, old, old + young)
    assert (row["estimate"] is None) == (old < 30) == (row["low"] is None)


@pytest.mark.parametrize("column", ["field", "checked_at"])
def test_without_the_checks_it_is_not_available(column):
    world = Story(AS_OF)
    world.leads(100, "inbound", "2026-03-01")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'data_checks' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract data_checks"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
