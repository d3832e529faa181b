"""Preferred-language match: conversations held in the language the lead record names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.story import Story

KPI = "language_match_rate"
AS_OF = date(2026, 12, 31)
MATCHED = "held in the preferred language"
KNOWN = "language and preference known"
WHEN_MATCHED = "qualified when held in it"
WHEN_OTHER = "qualified when held in another"
GAP = "qualified, difference"


def talk(world, count, preferred, spoken, outcome="connected_no_result", day="2026-03-02", **lead):
    """`count` leads that prefer one language and are spoken to once."""
    for _ in range(count):
        lead_id = world.lead(created="2026-03-01", language_pref=preferred, **lead)
        world.call(lead_id, day, outcome, language=spoken)


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_conversations_in_the_preferred_language(story):
    world = story(AS_OF)
    talk(world, 24, "de", "de", "qualified")
    talk(world, 36, "de", "de")
    talk(world, 8, "de", "en", "meeting_booked")
    talk(world, 32, "de", "en")
    rows = by_measure(world.run(KPI))
    # 60 of 100 matched; 24 of these 60 and 8 of the other 40 qualified: .4 and .2, a gap of .2
    expected = {
        MATCHED: (60, 100),
        KNOWN: (100, 100),
        WHEN_MATCHED: (24, 60),
        WHEN_OTHER: (8, 40),
    }
    for measure, (part, whole) in expected.items():
        low, high = proportion_confint(part, whole, method="wilson")
        assert rows.pop(measure) == {
            "slice": "all",
            "channel": "inbound",
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
            "channel": "inbound",
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


def test_a_preference_is_never_guessed_from_the_country(story):
    world = story(AS_OF)
    talk(world, 30, None, "en", country="DE")
    rows = by_measure(world.run(KPI))
    assert (rows[MATCHED]["denominator"], rows[MATCHED]["estimate"], rows[MATCHED]["status"]) == (
        0,
        None,
        "too_few",
    )


def test_unknown_preferences_are_not_hidden(story):
    world = story(AS_OF)
    talk(world, 30, "de", "de")
    talk(world, 50, None, "de")
    talk(world, 20, "de", None)
    rows = by_measure(world.run(KPI))
    # the rate rests on 30 of the 100 conversations, and that is said
    assert (rows[MATCHED]["numerator"], rows[MATCHED]["denominator"]) == (30, 30)
    assert (rows[KNOWN]["numerator"], rows[KNOWN]["denominator"], rows[KNOWN]["estimate"]) == (30, 100, 0.3)
    # and an unknown language is not another language
    assert [rows[name]["denominator"] for name in (WHEN_MATCHED, WHEN_OTHER)] == [30, 0]


@pytest.mark.parametrize(
    ("preferred", "spoken", "matched"),
    [
        ("de", "DE", 1),
        ("de-AT", "de_DE", 1),
        (" pt-BR", "pt", 1),
        ("German", "de", 0),
        ("fr-CH", "de-CH", 0),
    ],
)
def test_variants_of_a_language_are_one_language(story, preferred, spoken, matched):
    world = story(AS_OF)
    talk(world, 10, preferred, spoken)
    assert by_measure(world.run(KPI))[MATCHED]["estimate"] == matched


def test_dials_without_a_conversation_have_no_language(story):
    world = story(AS_OF)
    talk(world, 40, "de", "de")
    talk(world, 40, "de", "en", "voicemail")
    assert by_measure(world.run(KPI))[KNOWN]["denominator"] == 40


def test_a_call_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    talk(world, 40, "de", "de", day=AS_OF)
    talk(world, 40, "de", "en", day=AS_OF + timedelta(days=1))
    row = by_measure(world.run(KPI))[MATCHED]
    assert (row["numerator"], row["denominator"]) == (40, 40)
    assert world.run(KPI, as_of=AS_OF - timedelta(days=1)).rows.height == 0


@pytest.mark.parametrize(
    ("count", "status", "shown"),
    [(9, "too_few", False), (10, "provisional", True), (29, "provisional", True), (30, "ok", True)],
)
def test_the_edges_of_the_sample(story, count, status, shown):
    world = story(AS_OF)
    talk(world, count, "de", "de", "qualified")
    talk(world, 100, "de", "en")
    rows = by_measure(world.run(KPI))
    for measure in (WHEN_MATCHED, GAP):
        row = rows[measure]
        assert (row["n_old_enough"], row["status"]) == (count, status)
        assert [row[name] is not None for name in ("estimate", "low", "high")] == [shown] * 3


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    talk(world, 30, "de", "de", day="2026-03-02", region="dach")
    talk(world, 40, "fr", "en", day="2026-04-06", region="france")
    talk(world, 20, "de", "en", day="2026-04-06", region="dach", channel="outbound")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": (0, 20)}),
        ({"regions": ("dach",)}, {"inbound": (30, 30), "outbound": (0, 20)}),
        ({"from_on": "2026-03-03"}, {"inbound": (0, 40), "outbound": (0, 20)}),  # days of the call
        ({"segments": ("ent",)}, {}),
    ],
)
def test_filters_choose_calls(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == MATCHED]
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_markets_are_compared_within_a_slice(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="region").rows.to_dicts() if row["measure"] == MATCHED]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("dach", "inbound", 1.0),
        ("dach", "outbound", 0.0),
        ("france", "inbound", 0.0),
    ]


def test_no_conversation_gives_no_row(story):
    world = story(AS_OF)
    world.leads(40, language_pref="de")
    assert world.run(KPI).rows.height == 0


@pytest.mark.parametrize(("extract", "column"), [("calls", "language"), ("leads", "language_pref")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    talk(world, 40, "de", "de")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate").rows() == [
        ("inbound", "not_available", None),
        ("outbound", "not_available", None),
    ]
