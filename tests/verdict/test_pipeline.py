"""What the Pipeline page says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leadquality.verdict import TITLE_LIMIT, forbidden
from leadquality.verdict.pipeline import (
    NO_HISTORY,
    QUESTION,
    beside,
    booked_sentence,
    movement_caption,
    movement_sentence,
    push_sentence,
    title,
    untied,
)


def push(channel: str, estimate: float | None, deals: int = 240, quarters: int = 6) -> dict[str, Any]:
    limits = {} if estimate is None else {"low": estimate - 0.05, "high": estimate + 0.05}
    return {
        "channel": channel,
        "estimate": estimate,
        "denominator": float(deals),
        "quarter_count": quarters,
    } | limits


PUSHES = {"inbound": push("inbound", 0.354), "outbound": push("outbound", 0.151, 199, 4)}
AMOUNTS = {
    "start": (300_000.0, 28),
    "created": (671_500.0, 34),
    "pulled in": (195_200.0, 13),
    "amount changed": (-3_000.0, 2),
    "pushed": (0.0, 0),
    "lost": (-25_000.0, 2),
    "won": (-504_700.0, 23),
    "end": (634_000.0, 50),
    "due later": (1_212_200.0, 72),
    "no date": (0.0, 0),
}


def moves(change: float | None = 1_700_600.0, channel: str = "inbound", **more: Any) -> list[dict[str, Any]]:
    common = {
        "channel": channel,
        "quarter_on": date(2026, 10, 1),
        "due_by": date(2026, 12, 31),
        "currency": "EUR",
    }
    common |= {"without_amount_count": 0, "unrecorded_count": 0, "is_tied": True, "untied_amount": 0.0}
    return [
        common | {"measure": name, "estimate": amount, "denominator": deals, "total_change": change} | more
        for name, (amount, deals) in AMOUNTS.items()
    ]


def test_the_finding_golden() -> None:
    assert title(moves(), PUSHES) == (
        "Pipeline due this quarter grew by 1.7 M; 35 of 100 inbound deals are pushed, 15 outbound"
    )
    assert title(moves(-400_000.0), {}) == "Pipeline due this quarter fell by 400k"
    assert title(moves(0.0), {}) == "Pipeline due this quarter is as large as it began"
    assert title([], PUSHES) == "35 of 100 inbound deals are pushed, 15 outbound"
    assert (
        title([], {"outbound": PUSHES["outbound"], "inbound": None}) == "15 of 100 outbound deals are pushed"
    )


@pytest.mark.parametrize("rows", [[], moves(None)])
def test_the_question_where_nothing_can_be_said(rows: list[dict[str, Any]]) -> None:
    assert title(rows, {"inbound": None, "outbound": push("outbound", None)}) == QUESTION


def test_every_title_fits_and_says_nothing_forbidden() -> None:
    for change in (1.0, -1.0, 999_999_999_999.0):
        said = title(moves(change), PUSHES)
        assert len(said) <= TITLE_LIMIT
        assert forbidden(said) == []


def test_what_stands_behind_the_pushes_golden() -> None:
    assert push_sentence(PUSHES) == (
        "Pushed out of a completed quarter, of the deals expected in it at the end of its first week: 35 of 100 inbound (30 to 40; "
        "240 deals, 6 quarters), 15 of 100 outbound (10 to 20; 199 deals, 4 quarters)."
    )
    assert push_sentence({"inbound": None, "outbound": push("outbound", None)}) == ""


def test_the_waterfall_in_words_golden() -> None:
    assert movement_sentence(moves()) == (
        "Pipeline due by 31 Dec 2026, since 1 Oct 2026. Inbound: start EUR 300,000 (28), created +EUR 671,500 (34), pulled in "
        "+EUR 195,200 (13), amount changed −EUR 3,000 (2), pushed EUR 0 (0), lost −EUR 25,000 (2), won −EUR 504,700 (23), end "
        "EUR 634,000 (50)."
    )
    assert movement_sentence([]).startswith("No opportunity of the chosen leads was open")
    assert movement_sentence(moves(estimate=None)) == "Amounts of several currencies are not added up."
    assert movement_caption(moves()).startswith(
        "From 1 Oct 2026 to today, deals due by 31 Dec 2026: start + created"
    )
    assert movement_caption([]) == ""


def test_a_step_that_does_not_tie_is_an_error_golden() -> None:
    assert untied(moves()) == []
    assert untied(moves(is_tied=False, untied_amount=-0.01)) == [
        "Do not use: the steps of inbound do not add up to the end; EUR 0.01 is missing."
    ]


def test_what_stands_beside_the_steps_golden() -> None:
    assert beside(moves()) == "Open today beside the steps: due later EUR 1.21 M (72) inbound."
    both = [*moves(), *moves(channel="outbound", unrecorded_count=3, without_amount_count=1)]
    assert beside(both) == (
        "Open today beside the steps: due later EUR 1.21 M (72) inbound and EUR 1.21 M (72) outbound. Deals without an amount, which "
        "add nothing: 1 outbound. Deals first recorded after the quarter began, taken as first recorded: 3 outbound."
    )
    assert beside([]) == ""


def test_booked_quarters_in_words_golden() -> None:
    def line(channel: str, quarter: date, amount: float | None, is_partial: bool) -> dict[str, Any]:
        name = f"closed {quarter.year}-Q{(quarter.month + 2) // 3}"
        known = {"numerator": amount, "currency": "EUR", "deal_count": 5, "is_partial": is_partial}
        return {
            "channel": channel,
            "closed_quarter": quarter,
            "created_quarter": None,
            "measure": name,
        } | known

    rows = [
        line("inbound", date(2026, 4, 1), 1.0, False),
        line("inbound", date(2026, 7, 1), 500.0, False),
        line("outbound", date(2026, 7, 1), 900.0, False),
        line("inbound", date(2026, 10, 1), 100.0, True),
    ]
    assert booked_sentence(rows) == (
        "Booked in the last complete quarter, 2026-Q3: inbound EUR 500 (5 deals), outbound EUR 900 (5 deals). So far in the one that "
        "is not complete, 2026-Q4: inbound EUR 100 (5 deals)."
    )
    assert booked_sentence([]) == booked_sentence([line("inbound", date(2026, 7, 1), None, False)])


def test_nothing_forbidden_is_said() -> None:
    for said in (
        NO_HISTORY,
        movement_sentence(moves()),
        beside(moves()),
        push_sentence(PUSHES),
        movement_caption(moves()),
    ):
        assert forbidden(said) == []
