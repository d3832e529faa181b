"""Hand-off context completeness: of four things sales needs, how many are on record at the hand-off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import norm

KPI = "context_completeness"
AS_OF = date(2026, 12, 31)
HANDED = datetime(2026, 3, 10, 12)
ALL = ("who", "said", "problem", "step")
Z = norm.ppf(0.975)


def wilson(share, n):
    """Wilson 1927 by its formula, for an n that need not be whole."""
    centre, half = share + Z**2 / (2 * n), Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return [(centre + sign * half) / (1 + Z**2 / n) for sign in (-1, 1)]


def call(
    world, lead, has=ALL, started=HANDED - timedelta(days=1), rep="R1", questions=None, step=None, **values
):
    """One conversation with the chosen elements."""
    call_id = f"call-{len(world.rows['fact_calls'])}"
    world.call(
        lead,
        started.date(),
        values.pop("disposition", "connected_no_result"),
        call_id=call_id,
        started_at=started,
        rep_id=rep,
        reached_role="manager" if "who" in has else None,
        next_step_due_at=step or (HANDED + timedelta(days=7) if "step" in has else None),
        **values,
    )
    asked = questions or [
        name for name, element in (("Timeline", "said"), ("Interest", "problem")) if element in has
    ]
    for question in asked:
        world.add(
            "call_answers",
            call_id=call_id,
            question_id=question,
            is_asked=True,
            is_answered=True,
            answer_code="yes",
        )
    return call_id


def hand(world, count, has=ALL, channel="inbound", handed=HANDED, values=None, **told):
    for lead in world.leads(count, channel, "2026-01-01", **(values or {})):
        world.add("handoffs", lead_id=lead, handed_at=handed, handed_on=handed.date())
        if has is not None:
            call(world, lead, has, **told)


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def shares(world, **asked):
    return {name: row["estimate"] for name, row in lines(world, **asked).items()}


def test_the_mean_of_four_elements_with_limits_between_reps(story):
    world = story(AS_OF)
    # R1 hands over 20 with all four; R2 20 with two; R3 10 with one: elements 80, 40, 10 of 80, 80, 40.
    hand(world, 20, ALL, rep="R1")
    hand(world, 20, ("who", "step"), rep="R2")
    hand(world, 10, ("step",), rep="R3")
    # p = 130/200 = .65. Residuals by rep 80 - 52 = 28, 40 - 52 = -12, 10 - 26 = -16: squares 784 + 144 + 256 = 1184.
    # Variance 3/2 x 1184 / 200^2 = .0444; n it is worth: .65 x .35 / .0444.
    low, high = wilson(0.65, 0.65 * 0.35 / 0.0444)
    assert lines(world)["all_four"] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 130,
        "denominator": 200,
        "estimate": pytest.approx(0.65, abs=1e-12),
        "low": pytest.approx(low, abs=1e-12),
        "high": pytest.approx(high, abs=1e-12),
        "n_old_enough": 50,
        "status": "ok",
        "measure": "all_four",
        "hand_off_count": 50,
        "rep_count": 3,
    }
    assert shares(world) == {
        "all_four": pytest.approx(0.65),
        "dated_next_step": 1.0,
        "problem": pytest.approx(0.4),
        "what_was_said": pytest.approx(0.4),
        "who_was_reached": pytest.approx(0.8),
    }


def test_reps_that_do_alike_are_worth_no_more_than_their_hand_offs(story):
    world = story(AS_OF)
    for rep in ("R1", "R2", "R3", "R4"):
        hand(world, 5, ALL, rep=rep)
        hand(world, 5, (), rep=rep)
    # p = .5 for every rep: variance 0 between them, so the 40 hand-offs count, not their 160 elements
    row = lines(world)["all_four"]
    assert [row["low"], row["high"]] == pytest.approx(wilson(0.5, 40), abs=1e-12)


def test_a_single_rep_still_has_limits_from_its_hand_offs(story):
    world = story(AS_OF)
    hand(world, 24, ALL)
    hand(world, 8, ())
    row = lines(world)["all_four"]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.75, *wilson(0.75, 32)], abs=1e-12)
    assert row["rep_count"] == 1


def test_pitfall_back_filled_after_the_hand_off_does_not_count(story):
    world = story(AS_OF)
    later = HANDED + timedelta(hours=1)
    hand(world, 10, ALL, started=later)  # the call itself came after
    hand(world, 10, ALL, crm_logged_at=later)  # the call came before and was logged after
    hand(world, 10, ALL, crm_logged_at=HANDED)  # logged in time
    assert shares(world)["all_four"] == pytest.approx(1 / 3)
    assert lines(world)["all_four"]["numerator"] == 40


def test_pitfall_more_answers_and_more_calls_are_not_more_context(story):
    world = story(AS_OF)
    hand(world, 30, ("said",), questions=["timeline", "budget", "compliance"])
    for row in list(world.rows["fact_handoffs"]):
        call(world, row["lead_id"], ("said",))
    assert shares(world) == {
        "all_four": 0.25,
        "dated_next_step": 0.0,
        "problem": 0.0,
        "what_was_said": 1.0,
        "who_was_reached": 0.0,
    }


def test_elements_of_several_calls_add_up_and_the_last_caller_is_the_rep(story):
    world = story(AS_OF)
    hand(world, 15, ("said",), rep="R1")
    hand(world, 15, ("said",), rep="R2")
    for row in list(world.rows["fact_handoffs"]):
        call(world, row["lead_id"], ("who", "step"), started=HANDED - timedelta(hours=2), rep="R9")
    row = lines(world)["all_four"]
    assert (row["estimate"], row["rep_count"]) == (0.75, 1)


@pytest.mark.parametrize(
    ("told", "element", "share"),
    [
        ({"has": ("who",), "disposition": "gatekeeper_block"}, "who_was_reached", 0.0),  # no conversation
        ({"has": (), "questions": ["Pain"]}, "problem", 1.0),
        ({"has": (), "questions": ["budget"]}, "problem", 0.0),
        ({"has": (), "step": HANDED.replace(hour=1)}, "dated_next_step", 1.0),  # on the day of the hand-off
        ({"has": (), "step": HANDED - timedelta(days=1)}, "dated_next_step", 0.0),  # past
        ({"has": None}, "all_four", 0.0),  # never called
    ],
)
def test_what_counts_as_an_element(story, told, element, share):
    world = story(AS_OF)
    hand(world, 30, **told)
    assert shares(world)[element] == share


def test_a_question_asked_and_not_answered_is_no_context(story):
    world = story(AS_OF)
    hand(world, 30, ("problem",))
    for row in world.rows["fact_call_answers"]:
        row["is_answered"] = False
    assert shares(world)["what_was_said"] == 0.0


def test_the_question_of_the_problem_is_a_setting(story):
    world = story(AS_OF)
    interest = world.settings.criteria["interest"].model_copy(update={"question": "use case"})
    criteria = world.settings.criteria | {"interest": interest}
    world.settings = world.settings.model_copy(update={"criteria": criteria})
    hand(world, 30, (), questions=["Use-Case"])
    assert shares(world)["problem"] == 1.0


def test_a_hand_off_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    hand(world, 30, ALL, handed=datetime(2026, 12, 31, 18))
    hand(world, 30, (), handed=datetime(2027, 1, 1, 9))
    assert lines(world)["all_four"]["n_old_enough"] == 30
    assert world.run(KPI, as_of="2026-12-30").rows.height == 0


def test_few_hand_offs_give_no_share(story):
    world = story(AS_OF)
    cases = {"a": (9, "too_few"), "b": (10, "provisional"), "c": (29, "provisional"), "d": (30, "ok")}
    for source, (count, _) in cases.items():
        hand(world, count, ("who", "step"), values={"source": source})
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    found = {row["slice"]: row for row in rows if row["measure"] == "all_four"}
    assert found.keys() == cases.keys()
    for source, (count, status) in cases.items():
        row = found[source]
        assert (row["status"], row["n_old_enough"]) == (status, count)
        assert row["estimate"] == (0.5 if count >= 10 else None)
        assert [row["low"] is None, row["high"] is None] == [count < 10] * 2


def test_an_empty_window_a_filter_and_a_slice(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    hand(world, 30, ALL)
    hand(world, 30, (), "outbound", values={"segment": "ent"})
    assert world.run(KPI, to_on="2026-03-09").rows.height == 0
    assert world.run(KPI, from_on="2026-03-10", to_on="2026-03-10").rows.height == 10
    assert set(world.run(KPI, segments=("ent",)).rows["channel"]) == {"outbound"}
    rows = (
        world.run(KPI, slice_by="segment")
        .rows.filter(measure="all_four")
        .select("slice", "channel", "estimate")
        .rows()
    )
    assert rows == [("ent", "outbound", 0.0), ("smb", "inbound", 1.0)]


@pytest.mark.parametrize(
    ("extract", "column"),
    [
        ("handoffs", "handed_at"),
        ("call_answers", "question_id"),
        ("call_answers", "answered"),
        ("calls", "reached_role"),
        ("calls", "next_step_due"),
    ],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    hand(world, 30, ALL)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
