"""Parts of fit: each column of the profile and each criterion asked for, its unknowns kept apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "fit_component_rates"
AS_OF = date(2026, 12, 31)


def answer(world, lead, question, code, day="2025-02-01", **values):
    """A call on that day on which the lead answered the question."""
    call_id = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, day, "connected_no_result", call_id=call_id)
    world.add("call_answers", call_id=call_id, question_id=question, answer_code=code, **values)


def part(world, measure, channel="inbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=measure)


def test_each_criterion_over_the_leads_that_answered_it(story):
    world = story(AS_OF)
    leads = world.leads(100)
    for place, lead in enumerate(leads[:50]):
        answer(world, lead, "Budget", "Yes" if place < 20 else "no")
    for lead in leads[50:60]:
        answer(world, lead, "budget", "maybe")  # neither yes nor no: unknown
    low, high = proportion_confint(20, 50, method="wilson")
    row = part(world, "answer: budget")
    assert row == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 20,
        "denominator": 50,
        "estimate": pytest.approx(0.4, abs=1e-12),
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 50,
        "status": "ok",
        "measure": "answer: budget",
        "lead_count": 100,
        "met_count": 20,
        "missed_count": 30,
        "unknown_count": 50,
        "lower_bound": pytest.approx(0.2, abs=1e-12),
        "upper_bound": pytest.approx(0.7, abs=1e-12),
    }


def test_every_criterion_stands_there_even_where_nobody_answered(story):
    world = story(AS_OF)
    world.leads(40)
    rows = world.run(KPI).rows.to_dicts()
    assert [row["measure"] for row in rows] == [
        "answer: " + name
        for name in (
            "budget",
            "complexity",
            "compliance",
            "current_provider",
            "firmographic_fit",
            "interest",
            "next_step_readiness",
            "role_relevance",
            "timeline",
        )
    ]
    for row in rows:
        assert (row["status"], row["estimate"], row["unknown_count"]) == ("too_few", None, 40)
        assert (row["lower_bound"], row["upper_bound"]) == (0.0, 1.0)


def test_the_columns_of_the_profile_are_parts_too(story):
    world = story(AS_OF)
    profile = world.settings.ideal_customer.model_copy(update={"seniority": ["director"]})
    world.settings = world.settings.model_copy(update={"ideal_customer": profile})
    world.leads(30, seniority="Director")
    world.leads(10, seniority="intern")
    world.leads(60)
    row = part(world, "profile: seniority")
    assert (row["numerator"], row["denominator"], row["unknown_count"]) == (30, 40, 60)
    assert part(world, "profile: country") is None  # no list, no part


def test_the_first_clear_answer_counts(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        answer(world, lead, "budget", "not asked", "2025-02-01")
        answer(world, lead, "budget", "no", "2025-02-02")
        answer(world, lead, "budget", "yes", "2025-02-03")
    assert (part(world, "answer: budget")["numerator"], part(world, "answer: budget")["denominator"]) == (
        0,
        30,
    )


def test_a_question_that_was_not_answered_is_unknown(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        answer(world, lead, "budget", "yes", is_answered=False)
    assert part(world, "answer: budget")["unknown_count"] == 30


def test_reasons_entered_for_lost_leads_are_not_used(story):
    world = story(AS_OF)
    world.leads(50, disqualified="2025-02-01", disqualified_reason="no budget")
    row = part(world, "answer: budget")
    assert (row["missed_count"], row["unknown_count"], row["estimate"]) == (0, 50, None)


def test_an_answer_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    for place, lead in enumerate(world.leads(30)):
        answer(world, lead, "timeline", "yes", AS_OF if place < 12 else AS_OF + timedelta(days=1))
    row = part(world, "answer: timeline")
    assert (row["denominator"], row["unknown_count"]) == (12, 18)


@pytest.mark.parametrize(
    ("known", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_known_answers(story, known, status):
    world = story(AS_OF)
    for lead in world.leads(60)[:known]:
        answer(world, lead, "budget", "yes")
    row = part(world, "answer: budget")
    assert (row["status"], row["n_old_enough"]) == (status, known)
    assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [known < 10] * 3


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100)
    assert world.run(KPI, from_on="2026-02-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for yes, channel, source, segment in (
        (10, "inbound", "web", "smb"),
        (20, "inbound", "webinar", "ent"),
        (30, "outbound", "list", "ent"),
    ):
        for place, lead in enumerate(world.leads(40, channel, source=source, segment=segment)):
            answer(world, lead, "role_relevance", "yes" if place < yes else "no")
    return world


def test_filters_choose_leads(mixed):
    assert part(mixed, "answer: role_relevance", sources=("web",))["numerator"] == 10
    assert part(mixed, "answer: role_relevance", "outbound", sources=("web",)) is None


def test_a_slice_gives_every_part_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    found = [(row["slice"], row["channel"], row["estimate"]) for row in rows if "role" in row["measure"]]
    assert found == [("ent", "inbound", 0.5), ("ent", "outbound", 0.75), ("smb", "inbound", 0.25)]
    assert len(rows) == 3 * 9


def test_without_its_data_it_is_not_available(story):
    world = story(AS_OF)
    world.leads(100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'call_answers' and column_name = 'answer_code'"
    )
    result = world.run(KPI)
    assert result.unavailable == "needs the column answer_code of the extract call_answers"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
