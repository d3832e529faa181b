"""Gatekeeper block and wrong contact: of the leads where the right party has not answered yet, which way is shut."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import multinomial_proportions_confint

KPI = "gatekeeper_block_rate"
AS_OF = date(2026, 12, 31)
DAY = "2026-06-01"


def answered(world, count, *dispositions, channel="outbound", day=DAY, **values):
    """Leads called with these outcomes, one a day."""
    for lead in world.leads(count, channel, "2026-01-05", **values):
        for place, disposition in enumerate(dispositions):
            world.call(lead, date.fromisoformat(day) + timedelta(days=place), disposition)


def counts(world, channel="outbound", **asked):
    rows = world.run(KPI, **asked).rows.filter(channel=channel)
    return {row["measure"]: (row["numerator"], row["denominator"]) for row in rows.to_dicts()}


def test_three_shares_of_one_whole(story):
    world = story(AS_OF)
    answered(world, 24, "gatekeeper_block")
    answered(world, 10, "wrong_contact")
    answered(world, 4, "connected_no_result")
    answered(world, 2, "callback_requested")
    goodman = multinomial_proportions_confint([6, 24, 10], 0.05, method="goodman")
    rows = world.run(KPI).rows.to_dicts()
    assert rows == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": x,
            "denominator": 40,
            "estimate": pytest.approx(x / 40, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 40,
            "status": "ok",
            "measure": measure,
            "unmapped_count": 0,
        }
        for (measure, x), (low, high) in zip(
            (("another_person", 6), ("gatekeeper_block", 24), ("wrong_contact", 10)), goodman, strict=True
        )
    ]


def test_the_two_codes_are_never_merged(story):
    world = story(AS_OF)
    answered(world, 30, "gatekeeper_block")
    assert counts(world) == {
        "gatekeeper_block": (30, 30),
        "wrong_contact": (0, 30),
        "another_person": (0, 30),
    }


def test_the_last_answer_of_a_person_stands(story):
    world = story(AS_OF)
    answered(world, 10, "gatekeeper_block", "wrong_contact")
    answered(world, 12, "wrong_contact", "gatekeeper_block", "voicemail", "unreachable")
    answered(world, 8, "gatekeeper_block", "connected_no_result", "unmapped")
    assert counts(world) == {
        "gatekeeper_block": (12, 30),
        "wrong_contact": (10, 30),
        "another_person": (8, 30),
    }
    assert world.row(KPI, "outbound")["unmapped_count"] == 8


def test_on_one_day_the_later_call_is_the_last(story):
    world = story(AS_OF)
    for lead in world.leads(30, "outbound"):
        world.call(lead, DAY, "wrong_contact", started_at=datetime(2026, 6, 1, 15))
        world.call(lead, DAY, "gatekeeper_block", started_at=datetime(2026, 6, 1, 9))
    assert counts(world)["wrong_contact"] == (30, 30)


@pytest.mark.parametrize(
    "result", ["qualified", "meeting_booked", "interested_not_ready", "no_fit", "do_not_call"]
)
def test_a_lead_with_a_result_has_met_the_right_party(story, result):
    world = story(AS_OF)
    answered(world, 30, "gatekeeper_block")
    answered(world, 5, result, "gatekeeper_block")
    answered(world, 5, "gatekeeper_block", result)
    assert counts(world)["gatekeeper_block"] == (30, 30)


@pytest.mark.parametrize(
    ("role", "leads"), [("decisionmaker", 30), ("economicbuyer", 30), ("user", 35), (None, 35)]
)
def test_a_lead_whose_decision_maker_was_reached_is_not_blocked(story, role, leads):
    world = story(AS_OF)
    answered(world, 30, "wrong_contact")
    for lead in world.leads(5, "outbound"):
        world.call(lead, DAY, "connected_no_result", reached_role=role)
        world.call(lead, "2026-06-02", "gatekeeper_block")
    assert counts(world)["gatekeeper_block"] == (leads - 30, leads)


def test_leads_nobody_answered_for_are_not_in_the_denominator(story):
    world = story(AS_OF)
    answered(world, 30, "wrong_contact")
    answered(world, 50, "voicemail", "unreachable")
    answered(world, 50, "unmapped")
    world.leads(50, "outbound")
    for _ in range(20):
        world.call(None, DAY, "gatekeeper_block")
    assert counts(world)["wrong_contact"] == (30, 30)
    assert counts(world, "unknown") == {}


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edge_of_the_sample(story, count, status):
    world = story(AS_OF)
    answered(world, count, "gatekeeper_block")
    for row in world.run(KPI).rows.to_dicts():
        assert (row["status"], row["n_old_enough"]) == (status, count)
        assert [row[name] is not None for name in ("estimate", "low", "high")] == [count >= 10] * 3


def test_calls_after_as_of_and_outside_the_window_are_not_seen(story):
    world = story(AS_OF)
    answered(world, 30, "gatekeeper_block", "wrong_contact", day="2026-12-31")
    assert counts(world)["gatekeeper_block"] == (30, 30)
    assert world.run(KPI, as_of="2026-12-30").rows.height == 0
    assert world.run(KPI, to_on="2026-12-30").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    answered(world, 31, "gatekeeper_block", channel="inbound", source="web")
    answered(world, 32, "gatekeeper_block", source="list")
    answered(world, 33, "gatekeeper_block", source="sdr")
    rows = world.run(KPI, slice_by="source").rows.filter(measure="gatekeeper_block")
    assert rows.select("slice", "channel", "numerator").rows() == [
        ("list", "outbound", 32),
        ("sdr", "outbound", 33),
        ("web", "inbound", 31),
    ]
    assert counts(world, sources=("sdr", "web"))["gatekeeper_block"] == (33, 33)
    assert counts(world, channels=("inbound",)) == {}


@pytest.mark.parametrize("column", ["started_at", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    answered(world, 40, "gatekeeper_block")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
