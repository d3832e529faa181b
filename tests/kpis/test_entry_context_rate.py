"""Usable context at entry, and what calls add to it by day 14."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "entry_context_rate"
AS_OF = date(2026, 12, 31)
FIRST = date(2026, 1, 1)
ENTRY, BOTH, LEARNED = (
    "at entry",
    "by the horizon, entry and calls",
    "by the horizon, learned on calls only",
)
THREE = {"entry_need": "backup", "entry_product": "suite", "entry_role": "head of IT"}


def days_before(days):
    return AS_OF - timedelta(days=days)


def told_on_call(world, lead, day, *questions, **values):
    call_id = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, day, "connected_no_result", call_id=call_id)
    for question in questions:
        answer = {"answer_code": "x1"} | values
        world.add("call_answers", call_id=call_id, question_id=question, **answer)


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_three_of_five_at_entry_and_what_calls_add(story):
    world = story(AS_OF)
    world.leads(40, created=FIRST, **THREE)
    two = world.leads(60, created=FIRST, entry_need="backup", entry_company="ACME")
    for lead in two[:15]:
        told_on_call(world, lead, FIRST + timedelta(days=14), "Timeline")  # day 14 is in time
    for lead in two[15:20]:
        told_on_call(world, lead, FIRST + timedelta(days=15), "timeline")
    for lead in two[20:30]:
        told_on_call(world, lead, FIRST, "need")  # known already: still two
    found = lines(world)
    assert [found[name]["numerator"] for name in (ENTRY, BOTH, LEARNED)] == [40, 55, 15]
    assert [found[name]["denominator"] for name in (ENTRY, BOTH, LEARNED)] == [100, 100, 100]
    assert [found[name]["estimate"] for name in (ENTRY, BOTH, LEARNED)] == pytest.approx([0.4, 0.55, 0.15])
    limits = proportion_confint(40, 100, method="wilson")
    assert [found[ENTRY]["low"], found[ENTRY]["high"]] == pytest.approx(limits, abs=1e-9)
    # (40 x 3 + 60 x 2)/100 elements at entry, 15 more by day 14
    assert [found[name]["mean_elements"] for name in (ENTRY, BOTH)] == pytest.approx([2.4, 2.55], abs=1e-12)
    assert (found[BOTH]["status"], found[BOTH]["horizon_days"]) == ("ok", 14)


def test_placeholders_of_a_form_are_not_context(story):
    world = story(AS_OF)
    world.leads(
        50,
        created=FIRST,
        entry_need="N/A",
        entry_product="Please select",
        entry_role="other",
        entry_company="-",
    )
    row = lines(world)[ENTRY]
    assert (row["numerator"], row["estimate"], row["mean_elements"]) == (0, 0.0, 0.0)


def test_a_form_default_shows_as_a_value_nearly_all_leads_share(story):
    world = story(AS_OF)
    for place in range(40):
        product = "suite" if place < 38 else f"product {place}"
        world.lead(
            created=FIRST, entry_need=f"need {place}", entry_role=f"role {place}", entry_product=product
        )
    world.leads(60, created=FIRST)  # empty fields do not dilute it
    assert lines(world)[ENTRY]["commonest_value_share"] == pytest.approx(38 / 40, abs=1e-12)


def test_nine_values_tell_no_default(story):
    world = story(AS_OF)
    world.leads(9, created=FIRST, entry_need="backup")
    assert lines(world)[ENTRY]["commonest_value_share"] is None
    world.lead(created=FIRST, entry_need="backup")
    assert lines(world)[ENTRY]["commonest_value_share"] == 1.0


def test_a_question_left_unanswered_adds_nothing(story):
    world = story(AS_OF)
    for lead in world.leads(40, created=FIRST, entry_need="a", entry_role="b"):
        told_on_call(world, lead, FIRST, "timeline", is_answered=False)
        told_on_call(world, lead, FIRST, "product", answer_code=None)
        told_on_call(world, lead, FIRST, "budget")
    assert lines(world)[BOTH]["numerator"] == 0


def test_what_comes_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = world.leads(100, created=days_before(14), entry_need="a", entry_role="b")
    told_on_call(world, leads[0], AS_OF, "timeline")
    told_on_call(world, leads[1], AS_OF + timedelta(days=1), "timeline")
    assert lines(world)[LEARNED]["numerator"] == 1
    assert lines(world, horizon=30)[LEARNED]["denominator"] == 0


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
def test_the_gate_counts_leads_that_are_fourteen_days_old(story, old, young, status):
    world = story(AS_OF)
    world.leads(old, created=days_before(14), **THREE)
    world.leads(young, created=days_before(13), **THREE)
    found = lines(world)
    for name in (BOTH, LEARNED):
        row = found[name]
        assert (row["n_old_enough"], row["status"]) == (old, status)
        assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [old < 30] * 3
    assert found[ENTRY]["denominator"] == old + young


@pytest.mark.parametrize(
    ("known", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_at_entry_the_number_of_leads_is_enough(story, known, status):
    world = story(AS_OF)
    world.leads(known, created=days_before(1), **THREE)
    row = lines(world)[ENTRY]
    assert (row["status"], row["estimate"]) == (status, None if known < 10 else 1.0)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, created=FIRST)
    assert world.run(KPI, from_on="2026-02-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices_choose_leads(story):
    world = story(AS_OF)
    for count, channel, source, segment in (
        (10, "inbound", "web", "smb"),
        (20, "inbound", "webinar", "ent"),
        (30, "outbound", "list", "ent"),
    ):
        world.leads(count, channel, FIRST, source=source, segment=segment, **THREE)
        world.leads(40 - count, channel, FIRST, source=source, segment=segment)
    assert lines(world, sources=("web",))[ENTRY]["numerator"] == 10
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows if row["measure"] == ENTRY] == [
        ("ent", "inbound", 0.5),
        ("ent", "outbound", 0.75),
        ("smb", "inbound", 0.25),
    ]


@pytest.mark.parametrize(("extract", "column"), [("leads", "entry_need"), ("call_answers", "question_id")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    world.leads(100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
