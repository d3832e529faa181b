"""What the Outbound page says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leadquality.verdict import TITLE_LIMIT, forbidden
from leadquality.verdict.outbound import (
    QUESTION,
    cohorts_sentence,
    deal_name,
    final_rate,
    shown_ages,
    sizes_sentence,
    title,
)

WON: dict[str, Any] = {
    "status": "ok",
    "estimate": 0.0925,
    "high": 0.1044,
    "horizon_days": 540,
    "n_old_enough": 158,
    "final_low": 0.0925,
    "final_high": 0.101,
}
SIZES: dict[str, Any] = {
    "status": "ok",
    "denominator": 185,
    "estimate": 38_100.0,
    "low": 36_300.0,
    "high": 40_800.0,
    "first_quartile": 27_900.0,
    "third_quartile": 49_500.0,
    "largest_amount": 95_300.0,
    "currency": "EUR",
}


def test_the_finding_golden() -> None:
    # the example of experience.md, 3.4
    assert title(WON, SIZES) == (
        "92 of 1,000 outbound leads are won by 540 days; half of the deals lie between 28k and 50k"
    )
    assert title(WON, None) == "92 of 1,000 outbound leads are won by 540 days"
    assert title(WON, SIZES | {"status": "too_few", "first_quartile": None}) == title(WON, None)


@pytest.mark.parametrize(
    "won", [None, WON | {"status": "provisional"}, {"status": "too_early", "estimate": None}]
)
def test_the_question_where_nothing_can_be_said(won: dict[str, Any] | None) -> None:
    assert title(won, SIZES) == QUESTION


def test_no_win_at_all_is_counted_on_the_scale_of_its_limit() -> None:
    assert (
        title(WON | {"estimate": 0.0, "high": 0.02}, None) == "0 of 1,000 outbound leads are won by 540 days"
    )


def test_a_long_title_loses_its_second_half_first() -> None:
    large = SIZES | {"first_quartile": 127_900_000.0, "third_quartile": 449_500_000.0}
    said = title(WON, large)
    assert len(said) <= TITLE_LIMIT
    assert forbidden(said) == []


def test_the_final_rate_golden() -> None:
    value, said = final_rate(WON)
    assert value == "92 and 101 of 1,000"
    assert said == (
        "Won by 540 days: 92 of 1,000. Were every lead that is still open at that age won later, it would be 101 of 1,000. "
        "No assumption is made. 158 old enough (540 days)."
    )
    assert final_rate(None)[0] == final_rate({"final_low": None})[0] == "—"


def test_deal_sizes_in_words_golden() -> None:
    assert sizes_sentence(SIZES) == (
        "185 won deals: half are at least EUR 38,100 (EUR 36,300 to 40,800), the middle half lies between EUR 27,900 and "
        "EUR 49,500, the largest is EUR 95,300."
    )
    few = SIZES | {"denominator": 14, "estimate": None, "status": "too_few"}
    assert sizes_sentence(few) == "14 won deals: sizes are listed, no spread is given."
    assert sizes_sentence(few | {"denominator": 1}).startswith("1 won deal: ")
    assert sizes_sentence(SIZES | {"estimate": None, "currency": None}).startswith(
        "185 won deals in several currencies"
    )
    assert sizes_sentence(None) == "No deal is won in this scope yet."


def cohort(name: str, age: int, estimate: float | None, old: int) -> dict[str, Any]:
    limits = {} if estimate is None else {"low": estimate / 2, "high": estimate * 2}
    return {"measure": name, "age_days": age, "estimate": estimate, "n_old_enough": old} | limits


def test_half_years_in_words_golden() -> None:
    rows = [
        cohort("2025-H1", 365, 0.07, 245),
        cohort("2025-H1", 180, 0.012, 245),
        cohort("2025-H2", 180, 0.026, 937),
        cohort("2025-H2", 365, None, 0),
        cohort("2026-H1", 180, 0.021, 1446),
        cohort("2026-H1", 200, 0.03, 1300),  # no age of the grid
    ]
    assert cohorts_sentence(rows) == (
        "Won by 180 days, by half-year of creation: 2025-H1 12 of 1,000 (6 to 24), 2025-H2 26 of 1,000 (13 to 52), "
        "2026-H1 21 of 1,000 (10 to 42). Old enough: 245, 937, 1,446."
    )
    assert cohorts_sentence(rows[:2]).startswith("Only one half-year")
    assert forbidden(cohorts_sentence(rows)) == forbidden(cohorts_sentence([])) == []


def test_a_deal_has_a_name() -> None:
    row = {"acv": 95_300, "currency": "EUR", "opportunity_id": "O\n7", "closed_on": date(2026, 5, 3)}
    assert deal_name(row) == "EUR 95,300, deal O 7, closed 3 May 2026"


def test_the_age_judged_at_is_among_those_shown() -> None:
    grid = (30, 90, 180, 365, 540)
    assert shown_ages(grid, 540) == (90, 180, 365, 540)
    assert shown_ages(grid, 90) == (90, 180, 365)
