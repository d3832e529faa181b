"""Question coverage: of the questions somebody requires, how many have an answer after a first conversation."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "question_coverage"
AS_OF = date(2026, 12, 31)
# required by somebody in the settings as they are delivered; next_step is asked of nobody
REQUIRED = ("firmographic_fit", "role_relevance", "interest", "timeline", "budget")


def converse(world, answered, asked=None, channel="inbound", started="2026-06-01", **values):
    """A first conversation with that many required questions answered, of those asked (None: as many)."""
    places = {name: values.pop(name) for name in ("segment", "source") if name in values}
    lead = world.lead(channel, "2026-01-01", **places)
    call = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, started, "no_fit", call_id=call, talk_seconds=300, **values)
    for place, question in enumerate(REQUIRED[: max(asked or 0, answered)]):
        world.add(
            "call_answers",
            call_id=call,
            question_id=question,
            is_asked=place < (answered if asked is None else asked),
            is_answered=place < answered,
        )
    return call


def limits(counts, reps):
    """Wilson on the worth of the mean: variance over reps by residuals, at least that over conversations."""
    shares, reps = np.array(counts) / len(REQUIRED), np.array(reps)
    mean, names = shares.mean(), np.unique(reps)
    totals = np.array([(shares[reps == name] - mean).sum() for name in names])
    clustered = len(names) / (len(names) - 1) * (totals**2).sum() / len(shares) ** 2
    worth = mean * (1 - mean) / max(clustered, shares.var(ddof=1) / len(shares))
    return mean, *proportion_confint(mean * worth, worth, method="wilson")


def test_answered_questions_over_required_questions(story):
    world = story(AS_OF)
    counts, reps = [5] * 12 + [4] * 10 + [2] * 8 + [0] * 2, (["A"] * 5 + ["B"] * 7 + ["C"] * 4) * 2
    for count, rep in zip(counts, reps, strict=True):
        converse(world, count, asked=5 if count == 2 else None, rep_id=rep, script_version="v1")
    # 60 + 40 + 16 = 116 of 32 x 5 = 160; 8 conversations asked 5 and got 2 answers, 2 have no record at all
    mean, low, high = limits(counts, reps)
    assert mean == 116 / 160
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 116,
            "denominator": 160,
            "estimate": pytest.approx(mean, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 32,
            "status": "ok",
            "conversation_count": 32,
            "required_count": 5,
            "rep_count": 3,
            "asked_count": 60 + 40 + 40,
            "asked_unanswered_count": 24,
            "without_record_count": 2,
            "script_version_count": 1,
        }
    ]


def test_reps_who_differ_widen_the_interval(story):
    world = story(AS_OF)
    counts, reps = [5] * 20 + [1] * 10 + [4] * 15, ["A"] * 20 + ["B"] * 10 + ["C"] * 15
    for count, rep in zip(counts, reps, strict=True):
        converse(world, count, rep_id=rep)
    row = world.row(KPI)
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(limits(counts, reps), abs=1e-9)
    alone = limits(counts, list(range(len(counts))))
    assert row["high"] - row["low"] > 2 * (alone[2] - alone[1])


def test_all_answered_is_exact(story):
    world = story(AS_OF)
    for place in range(40):
        converse(world, 5, rep_id=f"rep {place % 20}")
    # where nothing differs nobody knows how alike the calls of a rep are: each of the 20 counts once
    row = world.row(KPI)
    assert [row["estimate"], row["high"]] == [1.0, 1.0]
    assert row["low"] == pytest.approx(proportion_confint(20, 20, method="wilson")[0], abs=1e-9)


def test_all_answered_by_one_rep_stands_on_the_conversations(story):
    world = story(AS_OF)
    for _ in range(40):
        converse(world, 5, rep_id="A")
    assert world.row(KPI)["low"] == pytest.approx(proportion_confint(40, 40, method="wilson")[0], abs=1e-9)


def test_what_a_caller_tells_unasked_counts_as_answered(story):
    world = story(AS_OF)
    for _ in range(30):
        converse(world, 5, asked=0)
    row = world.row(KPI)
    assert (row["estimate"], row["asked_count"], row["asked_unanswered_count"]) == (1.0, 0, 0)


def test_questions_nobody_requires_and_repeated_ones_add_nothing(story):
    world = story(AS_OF)
    for _ in range(30):
        call = converse(world, 1)
        for question in ("next_step", "weather", "Firmographic-Fit"):
            world.add("call_answers", call_id=call, question_id=question, is_asked=True, is_answered=True)
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (30, 150)


def test_what_is_required_is_what_the_site_says(story):
    world = story(AS_OF)
    for _ in range(30):
        converse(world, 2)  # firmographic_fit and role_relevance: both required by operations only
    con = world.database()
    con.execute(
        "delete from snapshot.settings where name like 'criteria.%.required_by' and value <> 'operations'"
    )
    assert (world.row(KPI)["estimate"], world.row(KPI)["required_count"]) == (1.0, 2)
    con.execute("delete from snapshot.settings where name like 'criteria.%.required_by'")
    row = world.row(KPI)
    assert (row["status"], row["estimate"], row["low"], row["high"]) == ("not_available", None, None, None)


def test_a_question_required_by_two_parties_counts_once(story):
    world = story(AS_OF)
    for _ in range(30):
        converse(world, 1)
    world.database().execute(
        "insert into snapshot.settings values ('criteria.budget.required_by', 'marketing')"
    )
    assert world.row(KPI)["required_count"] == 5


def test_a_change_of_script_is_shown(story):
    world = story(AS_OF)
    for place in range(30):
        converse(world, 5, script_version="v1" if place % 2 else "v2")
    assert world.row(KPI)["script_version_count"] == 2


def test_only_the_first_conversation_of_a_minute_counts(story):
    world = story(AS_OF)
    for _ in range(30):
        converse(world, 5, started="2026-06-01")
    for row in list(world.rows["fact_leads"]):
        world.call(row["lead_id"], "2026-05-01", "no_fit", talk_seconds=59)
        world.call(row["lead_id"], "2026-07-01", "qualified", talk_seconds=900)
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (150, 150)
    assert world.run(KPI, from_on="2026-07-01").rows.height == 0


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_conversations_and_not_questions(story, count, status):
    world = story(AS_OF)
    for _ in range(count):
        converse(world, 5)
    row = world.row(KPI)
    assert (row["status"], row["denominator"], row["n_old_enough"]) == (status, 5 * count, count)
    assert (row["estimate"], row["high"], row["low"] is None) == (
        (None, None, True) if count < 10 else (1.0, 1.0, False)
    )


def test_a_conversation_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    for _ in range(30):
        converse(world, 1, started=AS_OF)
        converse(world, 5, started=AS_OF + timedelta(days=1))
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (30, 150)


def test_nothing_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    for _ in range(30):
        converse(world, 5)
    assert world.run(KPI, to_on="2026-05-31").rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    for _ in range(10):
        converse(world, 5, segment="smb")
        converse(world, 4, segment="ent")
        converse(world, 1, segment="ent", channel="outbound")
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", "inbound", 40, 50),
        ("ent", "outbound", 10, 50),
        ("smb", "inbound", 50, 50),
    ]
    assert world.row(KPI, segments=("ent",))["numerator"] == 40


@pytest.mark.parametrize(
    ("extract", "column"),
    [
        ("call_answers", "question_id"),
        ("call_answers", "answered"),
        ("calls", "talk_s"),
        ("calls", "outcome_code"),
    ],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    for _ in range(30):
        converse(world, 5)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "numerator", "estimate").rows() == [("not_available", None, None)] * 2
