"""Enablement content in conversations: used or not, and how many qualified with it and without."""

from __future__ import annotations

from datetime import date

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

KPI = "enablement_content_use"
AS_OF = date(2026, 12, 31)
USED, KNOWN, WITH, WITHOUT, GAP = (
    "content was used",
    "use is on record",
    "qualified with content",
    "qualified without content",
    "qualified, difference",
)


def talk(world, count, content, outcome="no_fit", day="2026-03-02", channel="outbound", **lead):
    for _ in range(count):
        world.call(world.lead(channel, "2026-03-01", **lead), day, outcome, content_used=content)


def lines(world, channel="outbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_used_in_60_of_100_and_twice_as_often_qualified(story):
    world = story(AS_OF)
    talk(world, 24, "case study", "qualified")
    talk(world, 36, "calculator")
    talk(world, 8, "none", "meeting_booked")
    talk(world, 32, "None")
    rows = lines(world)
    for measure, (part, whole) in {
        USED: (60, 100),
        KNOWN: (100, 100),
        WITH: (24, 60),
        WITHOUT: (8, 40),
    }.items():
        low, high = proportion_confint(part, whole, method="wilson")
        assert rows.pop(measure) == {
            "slice": "all",
            "channel": "outbound",
            "numerator": part,
            "denominator": whole,
            "estimate": pytest.approx(part / whole, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": whole,
            "status": "ok",
            "measure": measure,
        }
    low, high = confint_proportions_2indep(24, 60, 8, 40, compare="diff", method="newcomb")
    assert rows == {
        GAP: {
            "slice": "all",
            "channel": "outbound",
            "numerator": None,
            "denominator": 100,
            "estimate": pytest.approx(0.2, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 40,
            "status": "ok",
            "measure": GAP,
        }
    }


def test_a_blank_is_unknown_and_not_a_no(story):
    world = story(AS_OF)
    talk(world, 20, "case study", "qualified")
    talk(world, 30, None)
    rows = lines(world)
    assert (rows[USED]["numerator"], rows[USED]["denominator"]) == (20, 20)
    assert (rows[KNOWN]["numerator"], rows[KNOWN]["denominator"], rows[KNOWN]["estimate"]) == (20, 50, 0.4)
    assert (rows[WITHOUT]["denominator"], rows[WITHOUT]["estimate"], rows[GAP]["estimate"]) == (0, None, None)


@pytest.mark.parametrize("word", ["no", "None", "N/A", "false", "0"])
def test_words_for_nothing(story, word):
    world = story(AS_OF)
    talk(world, 10, word)
    assert lines(world)[USED]["estimate"] == 0


def test_only_conversations_count(story):
    world = story(AS_OF)
    talk(world, 10, "case study")
    talk(world, 10, "case study", "voicemail")
    assert lines(world)[USED]["denominator"] == 10


def test_nine_conversations_give_counts_and_no_share(story):
    world = story(AS_OF)
    talk(world, 9, "case study")
    row = lines(world)[USED]
    assert (row["numerator"], row["denominator"], row["estimate"], row["status"]) == (9, 9, None, "too_few")


def test_a_call_after_as_of_is_not_seen_and_nothing_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    talk(world, 10, "case study")
    talk(world, 10, "none", day="2026-06-01")
    assert lines(world, as_of="2026-05-31")[USED]["estimate"] == 1
    assert lines(world, from_on="2026-07-01") == {}


def test_filters_slices_and_channels(story):
    world = story(AS_OF)
    talk(world, 10, "case study", segment="ent")
    talk(world, 10, "none")
    talk(world, 10, "case study", channel="inbound")
    assert lines(world, segments=("ent",))[USED]["estimate"] == 1
    assert lines(world, "inbound")[USED]["denominator"] == 10
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert {(row["slice"], row["channel"]): row["estimate"] for row in rows if row["measure"] == USED} == {
        ("ent", "outbound"): 1,
        ("smb", "outbound"): 0,
        ("smb", "inbound"): 1,
    }


@pytest.mark.parametrize("column", ["content_used", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    talk(world, 10, "case study")
    world.database().execute("update snapshot.coverage set known_count = 0 where column_name = ?", [column])
    assert world.run(KPI).unavailable == f"needs the column {column} of the extract calls"
