"""Buying signals: conversations that leave a recorded need and at least one recorded signal."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "buying_signal_capture"
AS_OF = date(2026, 12, 31)
BOTH = {"interest": "yes", "budget": "50k"}


def converse(world, count, answers, channel="inbound", started="2026-06-01", disposition="no_fit", **values):
    places = {name: values.pop(name) for name in ("segment", "source") if name in values}
    for _ in range(count):
        call = f"call {len(world.rows['fact_calls'])}"
        lead = world.lead(channel, "2026-01-01", **places)
        world.call(lead, started, disposition, call_id=call, **values)
        for question, code in answers.items():
            world.add("call_answers", call_id=call, question_id=question, is_answered=True, answer_code=code)


def test_conversations_with_a_need_and_a_signal(story):
    world = story(AS_OF)
    converse(world, 10, BOTH)
    converse(world, 6, {"need": "reporting", "trigger": "merger"})
    converse(world, 4, {"Interest": "no", "Current Provider": "acme", "timeline": "q3"})
    converse(world, 9, {"interest": "yes"})
    converse(world, 8, {"timeline": "q3"})
    converse(world, 3, {"firmographic_fit": "yes", "weather": "fine"})
    converse(world, 10, {})
    # 10 + 6 + 4 = 20 of 50; need 20 + 9, signal 20 + 8. No rep known: every call its own cluster, worth n - 1.
    low, high = proportion_confint(0.4 * 49, 49, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 20,
            "denominator": 50,
            "estimate": pytest.approx(0.4, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 50,
            "status": "ok",
            "rep_count": 0,
            "need_count": 29,
            "signal_count": 28,
            "same_answer_share": None,
            "same_answer_n": None,
        }
    ]


def test_an_answer_of_unknown_or_an_empty_one_records_nothing(story):
    world = story(AS_OF)
    converse(world, 10, {"interest": "Unknown", "budget": "50k"})
    converse(world, 10, {"interest": "yes", "budget": " "})
    converse(world, 10, {"interest": "yes", "budget": None})
    row = world.row(KPI)
    assert (row["numerator"], row["need_count"], row["signal_count"]) == (0, 20, 10)


def test_a_question_marked_as_unanswered_records_nothing(story):
    world = story(AS_OF)
    converse(world, 30, {"interest": "yes"})
    for row in list(world.rows["fact_calls"]):
        world.add(
            "call_answers", call_id=row["call_id"], question_id="budget", is_answered=False, answer_code="50k"
        )
    assert world.row(KPI)["signal_count"] == 0


def test_default_values_clicked_through_are_shown(story):
    # A answers 20 x the same to both questions: 40 of 40. B says yes 15 of 20 times, and 10 + 6 + 4 amounts: (15 + 10)/40.
    # C has 19 answers, all alike: too few to be shown.
    world = story(AS_OF)
    converse(world, 20, BOTH, rep_id="A", channel="outbound")
    for count, interest, budget in (
        (10, "yes", "10k"),
        (5, "yes", "20k"),
        (1, "no", "20k"),
        (4, "no", "30k"),
    ):
        for channel in ("inbound", "outbound"):
            converse(world, count, {"interest": interest, "budget": budget}, channel, rep_id="B")
    converse(world, 19, {"interest": "yes"}, rep_id="C")
    inbound, outbound = world.run(KPI).rows.to_dicts()
    assert (inbound["same_answer_share"], inbound["same_answer_n"]) == (25 / 40, 40)
    assert (outbound["same_answer_share"], outbound["same_answer_n"]) == (1.0, 40)


def test_reps_who_differ_widen_the_interval(story):
    world = story(AS_OF)
    groups = {"A": (20, 2), "B": (30, 24), "C": (10, 1), "D": (40, 33)}
    for rep, (count, captured) in groups.items():
        converse(world, captured, BOTH, rep_id=rep)
        converse(world, count - captured, {}, rep_id=rep)
    share = 60 / 100
    residuals = np.array([captured - share * count for count, captured in groups.values()])
    worth = share * (1 - share) / (4 / 3 * (residuals**2).sum() / 100**2)
    assert worth < 25
    row = world.row(KPI)
    expected = [share, *proportion_confint(share * worth, worth, method="wilson")]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(expected, abs=1e-9)
    assert row["rep_count"] == 4


def test_a_voicemail_is_no_conversation(story):
    world = story(AS_OF)
    converse(world, 30, BOTH, disposition="voicemail")
    assert world.run(KPI).rows.height == 0


def test_a_site_may_ask_under_another_name(story):
    world = story(AS_OF)
    converse(world, 30, {"q17": "yes", "budget": "50k"})
    assert world.row(KPI)["numerator"] == 0
    con = world.database()
    con.execute("update snapshot.settings set value = 'Q-17' where name = 'criteria.interest.question'")
    assert world.row(KPI)["numerator"] == 30


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_conversations(story, count, status):
    world = story(AS_OF)
    converse(world, count, BOTH)
    row = world.row(KPI)
    assert (row["status"], row["denominator"], row["n_old_enough"]) == (status, count, count)
    assert (row["estimate"], row["high"], row["low"] is None) == (
        (None, None, True) if count < 10 else (1.0, 1.0, False)
    )


def test_a_conversation_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    converse(world, 30, {}, started=AS_OF)
    converse(world, 30, BOTH, started=AS_OF + timedelta(days=1))
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (0, 30)


def test_nothing_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    converse(world, 30, BOTH)
    assert world.run(KPI, to_on="2026-05-31").rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    converse(world, 10, BOTH, segment="smb")
    converse(world, 20, {}, segment="ent")
    converse(world, 30, BOTH, "outbound", segment="ent")
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", "inbound", 0, 20),
        ("ent", "outbound", 30, 30),
        ("smb", "inbound", 10, 10),
    ]
    assert world.row(KPI, segments=("smb",))["denominator"] == 10


@pytest.mark.parametrize(
    ("extract", "column"),
    [("call_answers", "question_id"), ("call_answers", "answer_code"), ("calls", "outcome_code")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    converse(world, 30, BOTH)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "numerator", "estimate").rows() == [("not_available", None, None)] * 2
