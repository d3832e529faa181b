"""The weekly review in words: what lies outside its usual range, what cannot be judged yet, and the title of the week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from leadquality import words
from leadquality.verdict.headline import TITLE_LIMIT

NOTHING: Final = "All figures are inside their usual range."
NO_SERIES: Final = (
    "No week can be looked at: the extracts that the weekly figures need are not given. See Data."
)
NO_WEEK: Final = "No week can be compared yet: seven weeks of creation must be old enough."
NOTHING_WAITS: Final = (
    "Nothing waits: every figure of this page that can be computed is old enough to be judged."
)
NOTHING_COMPUTED: Final = "Nothing waits: no figure of this page can be computed without more extracts."
RECENT: Final = 4
"""Mature weeks, counted back, in which a week outside its range is news; older ones were news once."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A mature week whose share lies outside the range that chance draws around its other weeks."""

    title: str
    channel: str
    week_on: date
    sentence: str


def moved(title: str, rows: Sequence[Mapping[str, Any]]) -> list[Moved]:
    """Weeks outside their usual range among the last four mature weeks of each channel, newest first.

    rows are those of a weekly report: contract columns, week_on, horizon_days, center, lower_limit, upper_limit, is_outside.
    """
    found = []
    for channel in ("inbound", "outbound"):
        mature = sorted(
            (
                row
                for row in rows
                if row["channel"] == channel and row["estimate"] is not None and row["week_on"]
            ),
            key=lambda row: row["week_on"],
            reverse=True,
        )
        found += [
            Moved(title, channel, row["week_on"], _outside(title, row, len(mature) - 1))
            for row in mature[:RECENT]
            if row["is_outside"]
        ]
    return found


def _outside(title: str, row: Mapping[str, Any], other_weeks: int) -> str:
    """'Early-stage conversion by 30 days, week 2026-W42: 31 of 100 (142 leads), below its usual 38 to 52 (26 mature weeks).'"""
    side = "above" if row["estimate"] > row["upper_limit"] else "below"
    whole = words.denominator_for(row["estimate"], row["upper_limit"])
    low, high = (words.plain(row[name], 0, whole) for name in ("lower_limit", "upper_limit"))
    return (
        f"{title} by {words.days(row['horizon_days'])}, {row['channel']}, week {words.week(row['week_on'])}: "
        f"{words.counted(row['estimate'], whole)} ({words.count(row['denominator'])} leads), "
        f"{side} its usual {low} to {high} ({words.count(other_weeks)} other mature weeks)."
    )


def week_title(
    as_of: date, finding: str, outside: int, of_figures: int, too_early: int, needs_extracts: bool = False
) -> str:
    """'W47: outbound ahead at 540 days; 2 of 6 figures outside their usual range; 3 too early', at most 90 characters.

    of_figures counts those with a week that is old enough; needs_extracts: none can have one.
    """
    week = words.week(as_of).partition("-")[2]
    finding = finding[:1].lower() + finding[1:]
    if not of_figures:
        return f"{week}: {finding}; {'the weekly figures need more extracts' if needs_extracts else 'no week can be compared yet'}"
    news = (
        f"{outside} of {of_figures} figures outside their usual range"
        if outside
        else "all inside their usual range"
    )
    early = f"; {too_early} too early" if too_early else ""
    for text in (f"{week}: {finding}; {news}{early}", f"{week}: {finding}; {news}", f"{week}: {news}{early}"):
        if len(text) <= TITLE_LIMIT:
            return text
    return f"{week}: {news}"
