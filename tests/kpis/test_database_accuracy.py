"""Database accuracy: how many checked fields were right, with bounds for the leads nobody checked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story, on

KPI = "database_accuracy"
AS_OF = date(2026, 12, 31)
MEASURES = [
    f"{field} {what}"
    for field in ("company", "email", "phone", "role")
    for what in ("correct", "ever checked")
]


def check(world, lead, field="phone", result="correct", day="2026-03-03", hour=12):
    at = datetime.combine(on(day), time(hour))
    world.add(
        "data_checks",
        lead_id=lead,
        checked_field=field,
        checked_result=result,
        checked_at=at,
        checked_on=at.date(),
    )


def by_measure(world, channel="inbound", **asked):
    return {
        row["measure"]: row for row in world.run(KPI, **asked).rows.to_dicts() if row["channel"] == channel
    }


def test_right_of_checked_and_ever_checked_field_by_field(story):
    world = story(AS_OF)
    leads = world.leads(100)
    for place, lead in enumerate(leads[:40]):
        check(world, lead, "phone", "wrong" if place < 10 else "Correct")
    for lead in leads[:30]:
        check(world, lead, "role", "valid")
    found = by_measure(world)
    assert sorted(found) == MEASURES
    # 30 of the 40 checked numbers are right; of all 100 between 30 and 90 could be
    low, high = proportion_confint(30, 40, method="wilson")
    assert found["phone correct"] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 30,
        "denominator": 40,
        "estimate": 0.75,
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 40,
        "status": "ok",
        "measure": "phone correct",
        "lead_count": 100,
        "bound_low": 0.3,
        "bound_high": 0.9,
    }
    low, high = proportion_confint(40, 100, method="wilson")
    row = found["phone ever checked"]
    assert (row["numerator"], row["denominator"], row["estimate"], row["bound_low"]) == (40, 100, 0.4, None)
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)
    row = found["role correct"]
    assert (row["numerator"], row["denominator"], row["bound_low"], row["bound_high"]) == (30, 30, 0.3, 1.0)
    # nobody checked an e-mail address: no rate, and no zero
    row = found["email correct"]
    assert (row["numerator"], row["denominator"], row["status"]) == (0, 0, "too_few")
    assert [row[name] for name in ("estimate", "low", "high", "bound_low")] == [None] * 4
    assert found["email ever checked"]["estimate"] == 0.0


def test_only_reached_leads_are_checked_so_bounds_are_given(story):
    # planted: .28 of the numbers are wrong; only leads that were reached, whose number was right, got checked
    world = story(AS_OF)
    for lead in world.leads(100)[:60]:
        check(world, lead)
    row = by_measure(world)["phone correct"]
    assert row["estimate"] == 1.0
    assert row["bound_low"] == 0.6 < 0.72 < row["bound_high"] == 1.0


def test_a_call_that_found_the_wrong_contact_is_a_finding(story):
    world = story(AS_OF)
    leads = world.leads(30)
    for lead in leads[:20]:
        world.call(lead, "2026-02-01", "wrong_contact")
    for lead in leads[20:]:
        world.call(lead, "2026-02-01", "unreachable")
        check(world, lead)
    row = by_measure(world)["phone correct"]
    assert (row["numerator"], row["denominator"]) == (10, 30)
    assert by_measure(world)["role ever checked"]["numerator"] == 0


def test_the_latest_check_of_a_lead_counts_once(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        check(world, lead, result="correct", day="2026-03-05")
        check(world, lead, result="wrong", day="2026-03-04")
        check(world, lead, "email", "wrong", "2026-03-04", hour=9)
        check(world, lead, "email", "correct", "2026-03-04", hour=10)
        # two findings of one moment: the bad one, whatever their order
        check(world, lead, "role", "wrong")
        check(world, lead, "role", "correct")
        check(world, lead, "company", "correct")
        check(world, lead, "company", "wrong")
    found = by_measure(world)
    counts = {
        name: (row["numerator"], row["denominator"])
        for name, row in found.items()
        if name.endswith(" correct")
    }
    assert counts == {
        "phone correct": (30, 30),
        "email correct": (30, 30),
        "role correct": (0, 30),
        "company correct": (0, 30),
    }


def test_an_unclear_result_is_no_check(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        check(world, lead, result="no answer")
        check(world, lead, "fax", "correct")
    found = by_measure(world)
    assert found["phone ever checked"]["numerator"] == 0
    assert sorted(found) == MEASURES


def test_a_finding_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = world.leads(30)
    check(world, leads[0], day=AS_OF)
    check(world, leads[1], day=AS_OF + timedelta(days=1))
    world.call(leads[2], AS_OF + timedelta(days=1), "wrong_contact")
    assert by_measure(world)["phone ever checked"]["numerator"] == 1


def test_the_gate_counts_checked_leads(story):
    for count, status in ((9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")):
        world = story(AS_OF)
        for lead in world.leads(50)[:count]:
            check(world, lead)
        row = by_measure(world)["phone correct"]
        assert (row["status"], row["n_old_enough"]) == (status, count)
        assert [row[name] is None for name in ("estimate", "low", "high", "bound_low")] == [
            status == "too_few"
        ] * 4


def test_no_lead_in_the_window_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    world.leads(30)
    assert world.run(KPI, from_on="2026-01-01").rows.height == 0


def test_bought_lists_and_forms_are_read_by_source(story):
    world = story(AS_OF)
    for name, channel, wrong in (("form", "inbound", 2), ("list", "outbound", 14)):
        for place, lead in enumerate(world.leads(50, channel, source=name)):
            check(world, lead, result="wrong" if place < wrong else "correct")
    rows = [
        row for row in world.run(KPI, slice_by="source").rows.to_dicts() if row["measure"] == "phone correct"
    ]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("form", "inbound", 0.96),
        ("list", "outbound", 0.72),
    ]
    assert list(by_measure(world, "inbound", sources=("list",))) == []
    assert by_measure(world, "outbound", sources=("list",))["phone correct"]["numerator"] == 36


@pytest.mark.parametrize(
    ("extract", "column"), [("data_checks", "field"), ("data_checks", "result"), ("calls", "outcome_code")]
)
def test_without_its_data_it_is_not_available(extract, column):
    world = Story(AS_OF)
    world.leads(30)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
