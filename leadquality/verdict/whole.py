"""What a test of whole curves may be quoted for: how unusual they would be if nothing differed. It names nobody, and is no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from leadquality import words

NAMED: Final = 3
"""Sources that are listed by name before the rest are counted."""

SMALLEST: Final = 0.001


@dataclass(frozen=True, slots=True)
class Apart:
    """What was compared (sources, or channels) and what came of it. test is its name; p None where it was not tested.

    small: those left out for want of 30 leads. crossing: two whose curves cross. is_enough: two of 30 leads and ten wins.
    """

    compared: Sequence[str]
    small: Sequence[str]
    lead_count: int
    won_count: int
    is_enough: bool
    has_late_entries: bool
    has_shared_accounts: bool
    crossing: tuple[str, str] | None
    test: str
    p: float | None


def channels(tested: Apart) -> str:
    """Whether the two channels' curves differ at all, in one or two sentences; empty where they cross, which is said elsewhere."""
    if tested.crossing:
        return ""
    if tested.p is None:
        return f"Whether the curves differ as a whole is not tested: {_untested(tested, 'channels')}."
    return f"As a whole: if leads of both channels were won alike at every age, {_chance(tested)} It names no channel and no age."


def sources(channel: str, tested: Apart) -> str:
    """Whether the sources of a channel differ at all, and which were left out."""
    name = channel.capitalize()
    if tested.p is None:
        return f"{name}: whether its sources differ at all is not tested: {_untested(tested, 'sources')}."
    number = words.count(len(tested.compared))
    said = f"{name}: if leads of all {number} sources were won alike at every age, {_chance(tested)} It names no source."
    if tested.small:
        said += f" Left out, with fewer than 30 leads: {_listed(tested.small)}."
    return said


def _chance(tested: Apart) -> str:
    p = tested.p or 0.0
    if p < SMALLEST:
        often, shown = "fewer than 1 of 1,000", f"p below {words.plain(SMALLEST, 3)}"
    else:
        often = f"about {words.counted(p, 100 if p >= 10 * SMALLEST else 1_000)}"
        shown = f"p {words.plain(p, 2)}"
    said = (
        f"curves this far apart would come about by chance in {often} such reports ({tested.test} test, {shown}; "
        f"{words.count(tested.lead_count)} leads, {words.count(tested.won_count)} won)."
    )
    if tested.has_shared_accounts:
        said += " Leads of one account are taken as unrelated, so chance may do it more often than that."
    return said


def _untested(tested: Apart, groups: str) -> str:
    if tested.crossing:
        first, second = (words.one_line(each) for each in tested.crossing)
        return f"the curves of {first} and {second} cross, and one test over all ages would hide it"
    if len(tested.compared) < 2:
        return f"fewer than two {groups} have 30 leads"
    if not tested.is_enough:
        return f"{words.count(tested.won_count)} of {words.count(tested.lead_count)} leads are won, 10 are needed"
    if tested.has_late_entries:
        return "some leads are not known from the day of their creation on"
    return "not all of them are known up to the ages at which leads are won"


def _listed(names: Sequence[str]) -> str:
    named = ", ".join(words.one_line(name) for name in names[:NAMED])
    more = len(names) - NAMED
    return f"{named} and {words.count(more)} more" if more > 0 else named
