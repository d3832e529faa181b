"""What the Inbound page says: do inbound leads move early, and do the early movers last?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from leadquality import words
from leadquality.contracts import HEADLINE_MINIMUM
from leadquality.verdict.headline import TITLE_LIMIT

QUESTION: Final = "Do inbound leads move early, and do the early movers last?"

Row = Mapping[str, Any]


def title(early: Row | None, slopes: Iterable[Row]) -> str:
    """The finding: how many meet us early, and which source meets often and wins rarely; else the question.

    early is the row of early_stage_conversion, slopes are those of the report source_slope, both of inbound. A source is named
    only where both of its ranges of 99 % exclude the rate of all. In at most 90 characters.
    """
    if early is None or early["status"] != "ok" or early["estimate"] is None:
        return QUESTION
    per = words.denominator_for(early["estimate"])
    first = f"{words.counted(early['estimate'], per)} inbound leads meet us within {words.days(early['horizon_days'])}"
    falling = fallen(slopes)
    several = f"; {words.count(len(falling))} sources meet often and win rarely"
    said = {0: [""], 1: [f"; {name} meets often and wins rarely" for name in falling]}.get(
        len(falling), [several]
    )
    tries = [*(first + more for more in said), f"{first}; a source meets often and wins rarely", first]
    return next(text for text in tries if len(text) <= TITLE_LIMIT)


def fallen(slopes: Iterable[Row]) -> list[str]:
    """Sources that lie above all leads at the meeting and below them at the win, both by the range of 99 %."""
    ends: dict[str, dict[str, Row]] = {}
    for row in slopes:
        if row["estimate"] is not None and row["n_old_enough"] >= HEADLINE_MINIMUM:
            ends.setdefault(row["slice"], {})[row["measure"]] = row
    return sorted(
        words.one_line(source)
        for source, row in ends.items()
        if len(row) == 2 and row["meeting"]["low_99"] > 1 > row["won"]["high_99"]
    )


def slope_sentence(slopes: Iterable[Row]) -> str:
    """The chart in words, source by source where the range of 99 % says so; the alternative text."""
    rows = [row for row in slopes if row["estimate"] is not None]
    falling = fallen(rows)
    told = []
    for name in falling:
        early, late = (
            next(row for row in rows if words.one_line(row["slice"]) == name and row["measure"] == end)
            for end in ("meeting", "won")
        )
        told.append(
            f"{name} lies above all inbound at the meeting by {words.days(early['horizon_days'])} ({_of_all(early)}) and below it at "
            f"the win by {words.days(late['horizon_days'])} ({_of_all(late)}). Old enough: {words.count(late['n_old_enough'])}."
        )
    if told:
        return " ".join(told)
    if len({row["slice"] for row in rows}) < 2:
        return "Too few sources to compare: two with 30 leads old enough and 5 events each are needed."
    return "No source lies above all inbound at the meeting and below it at the win by more than its range."


def _of_all(row: Row) -> str:
    """'1.2 times its rate, 1.15 to 1.28'."""
    return f"{words.times(row['estimate'])} its rate, {words.plain(row['low_99'], 2)} to {words.plain(row['high_99'], 2)}"


def never_answered(response: Row | None) -> str:
    """'Leads never answered stay in: 261 of 4,424.'; empty where it is not known."""
    if response is None or response["numerator"] is None or not response["denominator"]:
        return ""
    waiting = response["denominator"] - response["numerator"]
    return f"Leads never answered stay in: {words.count(waiting)} of {words.count(response['denominator'])}."
