"""Objections handled: conversations with an objection that still end with something to go on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "objection_handled_rate"
AS_OF = date(2026, 12, 31)


def object_to(world, count, disposition, channel="outbound", started="2026-06-01", objection=True, **values):
    places = {name: values.pop(name) for name in ("segment", "source") if name in values}
    for _ in range(count):
        lead = world.lead(channel, "2026-01-01", **places)
        world.call(lead, started, disposition, is_objection_raised=objection, **values)


def test_objections_that_end_with_a_next_step(story):
    world = story(AS_OF)
    object_to(world, 10, "callback_requested")
    object_to(world, 6, "interested_not_ready")
    object_to(world, 4, "meeting_booked")
    object_to(world, 2, "qualified")
    object_to(world, 3, "connected_no_result", next_step_due_at=datetime(2027, 1, 15))
    object_to(world, 5, "connected_no_result")
    object_to(world, 20, "no_fit")
    object_to(world, 7, "no_fit", objection=None)
    object_to(world, 9, "qualified", objection=False)
    # 10 + 6 + 4 + 2 + 3 = 25 of 50; no rep is known, so every call stands for itself.
    # The linearised variance is p(1 - p)/50 times 50/49: as much as 49 calls are worth.
    low, high = proportion_confint(24.5, 49, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 25,
            "denominator": 50,
            "estimate": 0.5,
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 50,
            "status": "ok",
            "rep_count": 0,
            "conversation_count": 66,
            "uncoded_count": 7,
        }
    ]


def test_reps_who_differ_widen_the_interval(story):
    world = story(AS_OF)
    groups = {"A": (20, 2), "B": (30, 24), "C": (10, 1), "D": (40, 33)}
    for rep, (count, handled) in groups.items():
        object_to(world, handled, "callback_requested", rep_id=rep)
        object_to(world, count - handled, "no_fit", rep_id=rep)
    share = 60 / 100
    residuals = np.array([handled - share * count for count, handled in groups.values()])
    variance = 4 / 3 * (residuals**2).sum() / 100**2
    assert variance > 4 * share * (1 - share) / 100  # otherwise this would show nothing
    worth = share * (1 - share) / variance
    row = world.row(KPI, "outbound")
    limits = proportion_confint(share * worth, worth, method="wilson")
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([share, *limits], abs=1e-9)
    assert row["rep_count"] == 4


@pytest.mark.parametrize("reps", [["A"], ["A", "B"]])
def test_reps_alike_or_a_single_rep_leave_the_plain_interval(story, reps):
    world = story(AS_OF)
    for rep in reps:
        object_to(world, 20, "callback_requested", rep_id=rep)
        object_to(world, 20, "no_fit", rep_id=rep)
    row = world.row(KPI, "outbound")
    limits = proportion_confint(20 * len(reps), 40 * len(reps), method="wilson")
    assert [row["low"], row["high"]] == pytest.approx(limits, abs=1e-9)


@pytest.mark.parametrize(("disposition", "estimate"), [("callback_requested", 1.0), ("no_fit", 0.0)])
def test_all_or_none_handled_is_exact(story, disposition, estimate):
    world = story(AS_OF)
    for place in range(12):
        object_to(world, 5, disposition, rep_id=f"rep {place}")
    row = world.row(KPI, "outbound")
    # where nothing differs nobody knows how alike the calls of a rep are: each of the 12 counts once
    low, high = proportion_confint(12 * estimate, 12, method="wilson")
    assert row["estimate"] == estimate
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)


def test_a_next_step_after_a_clear_no_is_no_success(story):
    world = story(AS_OF)
    for disposition in ("no_fit", "do_not_call"):
        object_to(world, 20, disposition, next_step_due_at=datetime(2026, 7, 1), is_conversation=True)
    assert (world.row(KPI, "outbound")["numerator"], world.row(KPI, "outbound")["denominator"]) == (0, 40)


def test_a_voicemail_is_no_conversation(story):
    world = story(AS_OF)
    object_to(world, 30, "voicemail")
    assert world.run(KPI).rows.height == 0


def test_objections_that_nobody_wrote_down_are_counted_apart(story):
    # the pitfall: a call that goes well is not coded; it must not look like a handled or a lost objection
    world = story(AS_OF)
    object_to(world, 30, "no_fit")
    object_to(world, 500, "callback_requested", objection=None)
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["denominator"], row["uncoded_count"]) == (0.0, 30, 500)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_objections(story, count, status):
    world = story(AS_OF)
    object_to(world, count, "callback_requested")
    object_to(world, 100, "no_fit", objection=False)
    row = world.row(KPI, "outbound")
    assert (row["status"], row["denominator"], row["n_old_enough"]) == (status, count, count)
    assert (row["estimate"], row["high"], row["low"] is None) == (
        (None, None, True) if count < 10 else (1.0, 1.0, False)
    )


def test_a_call_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    object_to(world, 30, "no_fit", started=AS_OF)
    object_to(world, 30, "callback_requested", started=AS_OF + timedelta(days=1))
    assert (world.row(KPI, "outbound")["numerator"], world.row(KPI, "outbound")["denominator"]) == (0, 30)


def test_nothing_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    object_to(world, 30, "no_fit")
    assert world.run(KPI, to_on="2026-05-31").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    object_to(world, 10, "no_fit", "outbound", segment="smb")
    object_to(world, 20, "callback_requested", "outbound", segment="ent", started="2026-07-01")
    object_to(world, 30, "no_fit", "inbound", segment="ent")
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", "inbound", 0, 30),
        ("ent", "outbound", 20, 20),
        ("smb", "outbound", 0, 10),
    ]
    assert world.row(KPI, "outbound", from_on="2026-06-02")["denominator"] == 20
    assert world.row(KPI, "outbound", segments=("smb",))["denominator"] == 10


@pytest.mark.parametrize("column", ["objection_raised", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    object_to(world, 30, "no_fit")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("status", "numerator", "estimate").rows() == [("not_available", None, None)] * 2
