"""Message matches the offer: the need told on a call against the offer of the campaign."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "message_offer_match"
AS_OF = date(2026, 12, 31)


def need(world, lead, code, day="2025-02-01", question="need", **values):
    call_id = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, day, "connected_no_result", call_id=call_id)
    world.add("call_answers", call_id=call_id, question_id=question, answer_code=code, **values)


def test_needs_that_are_the_offer_over_leads_with_both_known(story):
    world = story(AS_OF)
    leads = world.leads(60, campaign_offer="Back-up", campaign_id="c1")
    for place, lead in enumerate(leads[:40]):
        need(world, lead, "back up" if place < 30 else "storage")
    for lead in world.leads(10):
        need(world, lead, "storage")  # no offer known
    low, high = proportion_confint(30, 40, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 30,
            "denominator": 40,
            "estimate": pytest.approx(0.75, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 40,
            "status": "ok",
            "offer_count": 60,
            "unknown_count": 20,
            "lower_bound": pytest.approx(0.5, abs=1e-12),
            "upper_bound": pytest.approx(50 / 60, abs=1e-12),
            "campaign_count": 1,
        }
    ]


def test_a_need_coded_without_a_call_does_not_count(story):
    world = story(AS_OF)
    # as a form or the name of the campaign would fill it in
    world.leads(50, campaign_offer="backup", entry_need="backup", campaign_id="backup")
    row = world.row(KPI)
    assert (row["denominator"], row["unknown_count"], row["estimate"]) == (0, 50, None)


def test_the_first_need_told_counts(story):
    world = story(AS_OF)
    for lead in world.leads(30, campaign_offer="backup"):
        need(world, lead, None, "2025-02-01")
        need(world, lead, "backup", "2025-02-01", is_answered=False)
        need(world, lead, "backup", "2025-02-02", question="product")
        need(world, lead, "storage", "2025-02-03")
        need(world, lead, "backup", "2025-02-04")
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (0, 30)


def test_a_need_told_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    for place, lead in enumerate(world.leads(30, campaign_offer="backup")):
        need(world, lead, "backup", AS_OF if place < 12 else AS_OF + timedelta(days=1))
    assert (world.row(KPI)["numerator"], world.row(KPI)["unknown_count"]) == (12, 18)


@pytest.mark.parametrize(
    ("known", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_known_needs(story, known, status):
    world = story(AS_OF)
    for lead in world.leads(60, campaign_offer="backup")[:known]:
        need(world, lead, "backup")
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, known)
    assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [known < 10] * 3


def test_without_an_offer_or_a_lead_in_the_window_there_is_no_row(story):
    world = story(AS_OF)
    world.leads(100)
    assert world.run(KPI).rows.height == 0
    world.leads(100, campaign_offer="backup")
    assert world.run(KPI, from_on="2026-02-01").rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for same, channel, source, segment in (
        (10, "inbound", "web", "smb"),
        (20, "inbound", "webinar", "ent"),
        (30, "outbound", "list", "ent"),
    ):
        leads = world.leads(
            40, channel, source=source, segment=segment, campaign_offer="a", campaign_id=source
        )
        for place, lead in enumerate(leads):
            need(world, lead, "a" if place < same else "b")
    return world


def test_filters_choose_leads(mixed):
    rows = mixed.run(KPI, sources=("web", "list")).rows.to_dicts()
    found = [(row["channel"], row["numerator"], row["denominator"], row["campaign_count"]) for row in rows]
    assert found == [("inbound", 10, 40, 1), ("outbound", 30, 40, 1)]
    assert mixed.row(KPI)["campaign_count"] == 2


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 0.5),
        ("ent", "outbound", 0.75),
        ("smb", "inbound", 0.25),
    ]


@pytest.mark.parametrize(
    ("extract", "column"), [("leads", "campaign_offer"), ("call_answers", "answer_code")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    world.leads(100, campaign_offer="a")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
