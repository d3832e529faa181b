"""Outcome mix and clarity: how conversations end, and how many endings say something."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "disposition_taxonomy"
AS_OF = date(2026, 12, 31)
PAIRS = (
    "callback_requested_or_unreachable",
    "gatekeeper_block_or_wrong_contact",
    "interested_not_ready_or_no_fit",
)


def calls(
    world, count, disposition, channel="inbound", day="2026-03-02", source="web", segment="smb", **values
):
    lead = world.lead(channel, "2026-01-01", source=source, segment=segment)
    for _ in range(count):
        world.call(lead, day, disposition, **values)


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_the_mix_of_conversations_and_how_many_endings_are_clear(story):
    world = story(AS_OF)
    calls(world, 40, "qualified")
    calls(world, 30, "interested_not_ready")
    calls(world, 10, "no_fit")
    calls(world, 20, "unmapped")
    calls(world, 50, "voicemail")
    # Mix of the 80 conversations: 40, 30, 10. Clear: 80 of 80 + 20 whose ending nobody can read. Voicemail is in neither.
    found = lines(world)
    counted = {
        "clarity": (80, 100),
        "interested_not_ready": (30, 80),
        "interested_not_ready_or_no_fit": (30, 40),
        "no_fit": (10, 80),
        "qualified": (40, 80),
    }
    for measure, (part, whole) in counted.items():
        low, high = proportion_confint(part, whole, method="wilson")
        assert found[measure] == {
            "slice": "all",
            "channel": "inbound",
            "numerator": part,
            "denominator": whole,
            "estimate": part / whole,
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": whole,
            "status": "ok",
            "measure": measure,
        }
    assert found.keys() == counted.keys() | set(PAIRS)


def test_the_three_pairs_that_must_be_kept_apart(story):
    world = story(AS_OF)
    for disposition, count in (
        ("interested_not_ready", 30),
        ("no_fit", 10),
        ("gatekeeper_block", 15),
        ("wrong_contact", 45),
        ("callback_requested", 8),
        ("unreachable", 72),
    ):
        calls(world, count, disposition)
    found = lines(world)
    assert [
        (found[pair]["numerator"], found[pair]["denominator"], found[pair]["estimate"]) for pair in PAIRS
    ] == [
        (8, 80, 0.1),
        (15, 60, 0.25),
        (30, 40, 0.75),
    ]


def test_pitfall_a_team_with_codes_of_its_own_lowers_clarity_and_leaves_the_mix(story):
    world = story(AS_OF)
    calls(world, 30, "qualified", team="north")
    calls(world, 10, "no_fit", team="north")
    before = lines(world)
    calls(world, 40, "unmapped", team="south", outcome_code="Q-7")
    now = lines(world)
    assert (before["clarity"]["estimate"], now["clarity"]["estimate"]) == (1.0, 0.5)
    assert now["qualified"] == before["qualified"]


@pytest.mark.parametrize(
    ("disposition", "values", "asked"),
    [
        ("qualified", {"talk_seconds": 0.0}, 40),  # a conversation of no seconds
        ("connected_no_result", {"is_objection_raised": True}, 40),
        ("unreachable", {"reached_role": "manager"}, 40),  # nobody reached, yet a role
        ("voicemail", {"reached_role": "manager"}, 40),
    ],
)
def test_an_ending_that_contradicts_the_call_is_not_clear(story, disposition, values, asked):
    world = story(AS_OF)
    calls(world, 30, "meeting_booked", talk_seconds=60.0)
    calls(world, 10, disposition, **values)
    row = lines(world)["clarity"]
    assert (row["numerator"], row["denominator"]) == (30, asked)


@pytest.mark.parametrize(
    ("disposition", "values"),
    [
        ("qualified", {"talk_seconds": 1.0, "is_objection_raised": True, "reached_role": "manager"}),
        ("connected_no_result", {"is_objection_raised": False}),
        ("do_not_call", {"is_conversation": True}),
    ],
)
def test_an_ending_that_fits_the_call_is_clear(story, disposition, values):
    world = story(AS_OF)
    calls(world, 30, disposition, **values)
    assert lines(world)["clarity"]["estimate"] == 1.0


def test_a_call_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    calls(world, 30, "qualified", day=AS_OF)
    calls(world, 30, "no_fit", day=AS_OF + timedelta(days=1))
    assert "no_fit" not in lines(world)
    assert lines(world)["qualified"]["estimate"] == 1.0
    assert world.run(KPI, as_of=AS_OF - timedelta(days=1)).rows.height == 0


def test_few_conversations_give_no_share(story):
    world = story(AS_OF)
    cases = {"a": (9, "too_few"), "b": (10, "provisional"), "c": (29, "provisional"), "d": (30, "ok")}
    for source, (count, _) in cases.items():
        calls(world, count, "qualified", source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    for source, (count, status) in cases.items():
        found = {row["measure"]: row for row in rows if row["slice"] == source}
        for measure in ("clarity", "qualified"):
            assert (found[measure]["status"], found[measure]["n_old_enough"]) == (status, count)
            assert found[measure]["estimate"] == (1.0 if count >= 10 else None)
            assert [found[measure]["low"] is None, found[measure]["high"] is None] == [count < 10] * 2
        for pair in PAIRS:
            assert (found[pair]["status"], found[pair]["denominator"], found[pair]["estimate"]) == (
                "too_few",
                0,
                None,
            )


def test_an_empty_window_a_filter_and_calls_without_a_lead(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    calls(world, 30, "qualified")
    calls(world, 40, "no_fit", "outbound", day="2026-04-06", segment="ent")
    for _ in range(30):
        world.call(None, "2026-05-04", "callback_requested")
    assert world.run(KPI, from_on="2026-06-01").rows.height == 0
    assert set(world.run(KPI, from_on="2026-04-06", to_on="2026-04-06").rows["channel"]) == {"outbound"}
    assert set(world.run(KPI, segments=("ent",)).rows["channel"]) == {"outbound"}
    rows = (
        world.run(KPI, slice_by="segment")
        .rows.filter(measure="clarity")
        .select("slice", "channel", "denominator")
        .rows()
    )
    assert rows == [("(blank)", "unknown", 30), ("ent", "outbound", 40), ("smb", "inbound", 30)]


def test_without_outcome_codes_it_is_not_available(story):
    world = story(AS_OF)
    calls(world, 40, "qualified")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where column_name = 'outcome_code'"
    )
    result = world.run(KPI)
    assert result.unavailable == "needs the column outcome_code of the extract calls"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
