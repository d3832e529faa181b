"""What the Outbound page says: do targeted accounts become opportunities, and large, steady deals, in the long run?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from leadquality import words
from leadquality.contracts import AGE_GRID
from leadquality.verdict.headline import TITLE_LIMIT

QUESTION: Final = "Do targeted accounts become opportunities, and large, steady deals?"
NO_SPREAD: Final = 20
"""Won deals below which sizes are listed and no spread is given (statistics.md, w20)."""

Row = Mapping[str, Any]


def title(won: Row | None, sizes: Row | None) -> str:
    """The finding: how many are won in the long run, and between which amounts half of the deals lie; else the question.

    won is the row of long_term_close_rate, sizes that of average_contract_value, both of outbound. At most 90 characters.
    """
    if won is None or won["status"] != "ok" or won["estimate"] is None:
        return QUESTION
    per = words.denominator_for(won["estimate"] or won["high"])
    first = (
        f"{words.counted(won['estimate'], per)} outbound leads are won by {words.days(won['horizon_days'])}"
    )
    spread = ""
    if sizes is not None and sizes["status"] == "ok" and sizes["first_quartile"] is not None:
        low, high = words.rough(sizes["first_quartile"]), words.rough(sizes["third_quartile"])
        spread = f"; half of the deals lie between {low} and {high}"
    return next(text for text in (first + spread, first) if len(text) <= TITLE_LIMIT)


def final_rate(won: Row | None, lack: str = "") -> tuple[str, str]:
    """'92 and 101 of 1,000' and the sentence that says what is known today and what is still open; a dash where
    it is unknown, with what is lacking."""
    if won is None or won.get("final_low") is None or won.get("final_high") is None:
        return words.missing(), lack or "Not known yet: fewer than 30 leads are old enough."
    low, high = won["final_low"], won["final_high"]
    per = words.denominator_for(low or high)
    said = (
        f"Won by {words.days(won['horizon_days'])}: {words.counted(low, per)}. Were every lead that is still open at that age won later, "
        f"it would be {words.counted(high, per)}. No assumption is made. "
        f"{words.count(won['n_old_enough'])} old enough ({words.days(won['horizon_days'])})."
    )
    return f"{words.plain(low, 0, per)} and {words.counted(high, per)}", said


def sizes_sentence(row: Row | None) -> str:
    """The dots in words, for the alternative text; with fewer than 20 won deals, that no spread is given."""
    deals = int(row["denominator"]) if row is not None and row["denominator"] else 0
    if row is None or not deals:
        return "No deal is won in this scope yet."
    if deals < NO_SPREAD:
        return f"{deals} won {'deal' if deals == 1 else 'deals'}: sizes are listed, no spread is given."
    if row["estimate"] is None:
        return f"{words.count(deals)} won deals in several currencies: they are not added up."
    currency = row["currency"]
    return (
        f"{words.count(deals)} won deals: half are at least {words.money(currency, row['estimate'])} "
        f"({words.span('money', row['low'], row['high'], currency)}), the middle half lies between "
        f"{words.money(currency, row['first_quartile'])} and {words.money(currency, row['third_quartile'])}, "
        f"the largest is {words.money(currency, row['largest_amount'])}."
    )


def cohorts_sentence(rows: Iterable[Row]) -> str:
    """The half-years at the oldest age of the grid that two of them have reached; the alternative text of the curves."""
    known = [row for row in rows if row["estimate"] is not None and row["age_days"] in AGE_GRID]
    for age in reversed(AGE_GRID):
        found = sorted((row for row in known if row["age_days"] == age), key=lambda row: row["measure"])
        if len(found) > 1:
            per = words.denominator_for(*(row["estimate"] or row["high"] for row in found))
            said = ", ".join(_cohort(row, per) for row in found)
            old = ", ".join(words.count(row["n_old_enough"]) for row in found)
            return f"Won by {words.days(age)}, by half-year of creation: {said}. Old enough: {old}."
    return "Only one half-year has 30 leads that are old enough, so there is nothing to follow yet."


def _cohort(row: Row, per: int) -> str:
    """'2025-H1 15 of 1,000 (6 to 39)'."""
    low, high = (words.plain(row[side], 0, per) for side in ("low", "high"))
    return f"{row['measure']} {words.counted(row['estimate'], per)} ({low} to {high})"


def deal_name(row: Row) -> str:
    """'EUR 95,300, deal O00123, closed 3 May 2026', for a select box."""
    return (
        f"{words.money(row['currency'], float(row['acv']))}, deal {words.one_line(row['opportunity_id'])}, "
        f"closed {words.day(row['closed_on'])}"
    )


def shown_ages(ages: Sequence[int], judge_at: int) -> tuple[int, ...]:
    """The ages of the table of half-years: three of the grid and the one judged at, in order."""
    return tuple(sorted({*(age for age in ages if age in (90, 180, 365)), judge_at}))
