"""What the Inbound page says."""

from __future__ import annotations

from typing import Any

import pytest

from leadquality.verdict import TITLE_LIMIT, forbidden
from leadquality.verdict.inbound import QUESTION, never_answered, slope_sentence, title

EARLY: dict[str, Any] = {"status": "ok", "estimate": 0.4562, "horizon_days": 30}


def end(
    source: str, measure: str, estimate: float, low: float, high: float, old: int = 985
) -> dict[str, Any]:
    age = 30 if measure == "meeting" else 180
    limits = {"estimate": estimate, "low_99": low, "high_99": high}
    return {"slice": source, "measure": measure, "horizon_days": age, "n_old_enough": old} | limits


def falling(source: str, old: int = 985) -> list[dict[str, Any]]:
    return [end(source, "meeting", 1.21, 1.15, 1.28, old), end(source, "won", 0.23, 0.13, 0.39, old)]


def test_the_finding_golden() -> None:
    assert title(EARLY, falling("paid_broad")) == (
        "46 of 100 inbound leads meet us within 30 days; paid_broad meets often and wins rarely"
    )
    assert title(EARLY, []) == "46 of 100 inbound leads meet us within 30 days"
    two = [*falling("paid_broad"), *falling("fairs")]
    assert title(EARLY, two) == (
        "46 of 100 inbound leads meet us within 30 days; 2 sources meet often and win rarely"
    )


def test_a_source_is_named_only_where_both_wider_ranges_exclude_all() -> None:
    early, late = falling("paid_broad")
    assert title(EARLY, [early | {"low_99": 1.0}, late]) == title(EARLY, [])
    assert title(EARLY, [early, late | {"high_99": 1.0}]) == title(EARLY, [])
    assert title(EARLY, [early]) == title(EARLY, [])
    assert title(EARLY, falling("paid_broad", old=99)) == title(EARLY, [])
    # the other way round is no fall
    rising = [end("s", "meeting", 0.5, 0.4, 0.6), end("s", "won", 2.0, 1.5, 2.5)]
    assert title(EARLY, rising) == title(EARLY, [])


@pytest.mark.parametrize(
    "early", [None, EARLY | {"status": "provisional"}, {"status": "too_early", "estimate": None}]
)
def test_the_question_where_nothing_can_be_said(early: dict[str, Any] | None) -> None:
    assert title(early, falling("paid_broad")) == QUESTION


@pytest.mark.parametrize("name", ["x" * 80, "a " * 60, "<b>bold</b>", "شركة الاختبار للاستشارات"])
def test_every_title_fits_and_says_nothing_forbidden(name: str) -> None:
    said = title(EARLY, falling(name))
    assert len(said) <= TITLE_LIMIT
    assert forbidden(said) == []


def test_the_chart_in_words_golden() -> None:
    assert slope_sentence(falling("paid_broad")) == (
        "paid_broad lies above all inbound at the meeting by 30 days (1.2 times its rate, 1.15 to 1.28) and below it at the win by "
        "180 days (0.23 times its rate, 0.13 to 0.39). Old enough: 985."
    )
    none = [end(name, measure, 1.0, 0.8, 1.2) for name in "ab" for measure in ("meeting", "won")]
    assert slope_sentence(none) == (
        "No source lies above all inbound at the meeting and below it at the win by more than its range."
    )
    assert slope_sentence([]).startswith("Too few sources to compare")
    assert [forbidden(slope_sentence(rows)) for rows in (falling("x"), none, [])] == [[], [], []]


def test_leads_never_answered_golden() -> None:
    row = {"numerator": 4163, "denominator": 4412}
    assert never_answered(row) == "Leads never answered stay in: 249 of 4,412."
    assert never_answered(None) == never_answered({"numerator": None, "denominator": None}) == ""
