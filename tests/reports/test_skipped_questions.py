"""Questions left open: of the questions that must be settled, which have no answer after a first conversation."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

REPORT = "skipped_questions"
AS_OF = date(2026, 12, 31)
REQUIRED = ("firmographic_fit", "role_relevance", "interest", "timeline", "budget")


def converse(world, answered=REQUIRED, asked=(), rep="R1", started="2026-06-01", **values):
    """A first conversation; the questions answered, and those asked in vain."""
    lead = world.lead(values.pop("channel", "inbound"), "2026-01-01", **values)
    call = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, started, "no_fit", call_id=call, talk_seconds=300, rep_id=rep)
    for question in (*answered, *asked):
        world.add(
            "call_answers",
            call_id=call,
            question_id=question,
            is_asked=True,
            is_answered=question in answered,
        )


def lines(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_each_question_with_how_often_it_is_open_and_how_often_it_was_asked(story):
    world = story(AS_OF)
    for place in range(40):
        rep, few = f"R{place % 4}", REQUIRED[:4]  # budget is not settled
        if place < 20:
            converse(world, REQUIRED, rep=rep)
        elif place < 32:
            converse(world, few, ("budget",), rep)
        elif place < 38:
            converse(world, few, rep=rep)
        else:
            converse(world, (), rep=rep)  # no record at all: all of them are open
    found = lines(world)
    assert found.keys() == set(REQUIRED)
    budget, interest = found["budget"], found["interest"]
    assert (budget["numerator"], budget["denominator"], budget["estimate"]) == (20, 40, 0.5)
    assert (budget["asked_count"], budget["without_record_count"], budget["rep_count"]) == (12, 2, 4)
    assert (interest["numerator"], interest["estimate"]) == (2, 0.05)
    # of each rep 5 of 10 leave the budget open: the reps do not differ, so the sample is worth its 40 conversations
    assert [budget["low"], budget["high"]] == pytest.approx(proportion_confint(20, 40, method="wilson"))


def test_reps_that_differ_widen_the_range(story):
    world = story(AS_OF)
    shares = {"A": 9, "B": 5, "C": 1, "D": 5}  # of ten conversations each
    for rep, open_ones in shares.items():
        for place in range(10):
            converse(world, REQUIRED[: 4 if place < open_ones else 5], rep=rep)
    found = lines(world)["budget"]
    # linearised variance by rep: G / (G - 1) sum (x - 10 p)^2 / n^2 = 4 / 3 x 32 / 1600; .5 x .5 over it is what n is worth
    worth = 0.25 / (4 / 3 * sum((x - 5) ** 2 for x in shares.values()) / 40**2)
    assert worth == pytest.approx(9.375)
    half = proportion_confint(0.5 * worth, worth, method="wilson")
    assert np.array([found["low"], found["high"]]) == pytest.approx(half)


def test_only_first_conversations_of_the_chosen_days_and_questions_in_their_own_words(story):
    world = story(AS_OF)
    for _ in range(12):
        converse(world, [name.replace("_", " ").upper() for name in REQUIRED])
    assert {row["numerator"] for row in lines(world).values()} == {0}
    assert lines(world).keys() == set(REQUIRED)  # as the settings write them
    assert lines(world, from_on="2026-06-02") == {}
    assert lines(world, as_of="2026-05-31") == {}
    assert lines(world, segments=("ent",)) == {}
    for _ in range(2):
        converse(world, channel="outbound")
    assert {row["estimate"] for row in lines(world, "outbound").values()} == {None}
