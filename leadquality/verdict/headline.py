"""The title of a page: the finding in at most 90 characters, or the question when nothing can be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from leadquality import words
from leadquality.verdict.parts import DECIDED, Verdict

TITLE_LIMIT: Final = 90
QUESTION: Final = "Which channel brings more, at the same age?"


def _ages(verdicts: Sequence[Verdict], unit: bool = True) -> str:
    ages = [words.count(verdict.age_days) for verdict in verdicts]
    listed = ages[0] if len(ages) == 1 else f"{', '.join(ages[:-1])} and {ages[-1]}"
    if not unit:
        return listed
    return f"{listed} {'day' if ages == ['1'] else 'days'}"


def _groups(verdicts: Iterable[Verdict]) -> list[list[Verdict]]:
    """The decided verdicts by what they say: ahead before leaning before the rest, each by age."""
    order = ("ahead", "leaning", "too_close", "as_good_as_equal")
    groups: dict[tuple[int, str], list[Verdict]] = {}
    for verdict in sorted(verdicts, key=lambda each: each.age_days):
        if verdict.kind in DECIDED:
            groups.setdefault((order.index(verdict.kind), verdict.ahead or ""), []).append(verdict)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], groups[key][0].age_days))]


def _clause(group: Sequence[Verdict], alone: bool, again: bool, word: str) -> str:
    """again: the clause before says the same of the other channel, so its words need not be repeated."""
    kind, ahead = group[0].kind, group[0].ahead
    if kind == "ahead":
        return f"{ahead} at {_ages(group, False)}" if again else f"{ahead} {word} at {_ages(group)}"
    if kind == "leaning":
        return f"to {ahead} at {_ages(group, False)}" if again else f"leaning to {ahead} at {_ages(group)}"
    if kind == "too_close":
        return f"too close to call at {_ages(group)}{': no channel is ahead' if alone else ''}"
    return f"as good as equal at {_ages(group)}"


def _title(groups: Sequence[Sequence[Verdict]], crossing_day: int | None, word: str) -> str:
    clauses = [
        _clause(group, len(groups) == 1, at > 0 and groups[at - 1][0].kind == group[0].kind, word)
        for at, group in enumerate(groups)
    ]
    crossing = f"; the curves cross near day {words.count(crossing_day)}" if crossing_day is not None else ""
    text = ", ".join(clauses) + crossing
    return text[:1].upper() + text[1:]


def headline(verdicts: Sequence[Verdict], crossing_day: int | None = None, word: str = "ahead") -> str:
    """One sentence without a full stop. What is too long loses the undecided ages first, then the younger ones.

    crossing_day is told only beside a channel that is ahead or leaned to. word is "higher" for a KPI without a
    better direction.
    """
    groups = _groups(verdicts)
    if not groups:
        return QUESTION
    named = [group for group in groups if group[0].ahead]
    crossing = crossing_day if named else None
    latest = [[group[-1]] for group in named or groups]
    shorter = [(groups, crossing), (named or groups, crossing), (latest, crossing), (latest, None)]
    shorter += [(latest[:kept], None) for kept in (3, 2, 1)]
    titles = (_title(kept, day, word) for kept, day in shorter)
    return next(title for title in titles if len(title) <= TITLE_LIMIT)
