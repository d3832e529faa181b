"""The sentences for what cannot be judged (yet, or at all): experience.md, section 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from leadquality import words
from leadquality.contracts import CHANNELS, HEADLINE_MINIMUM
from leadquality.verdict.parts import SHOWN_FROM, Side

WITHHELD_BELOW = 10
FRESH_DAYS = 8
"""A load every week, and a day to do it in."""


def _judge(judge_on: date | None) -> str:
    return f" Judge on {words.day(judge_on)}." if judge_on else ""


def _kind(side: Side, things: str, n: int = 2) -> str:
    """'outbound leads', or 'outbound lead' for one."""
    one = f"{things[:-3]}y" if things.endswith("ies") else things.removesuffix("s")
    return f"{side.channel} {things if n != 1 else one}".strip()


def _of(side: Side, things: str) -> str:
    return f"{words.count(side.n_old_enough)} of {words.count(side.denominator)} {_kind(side, things)}"


def too_early(sides: Sequence[Side], age_days: int, judge_on: date | None, things: str = "leads") -> str:
    """'Too early: 22 of 5,000 outbound leads are 540 days old. Judge on 14 Mar 2027.'"""
    are = "is" if len(sides) == 1 and sides[0].n_old_enough == 1 else "are"
    who = " and ".join(_of(side, things) for side in sides)
    return f"Too early: {who} {are} {words.days(age_days)} old.{_judge(judge_on)}"


def provisional(sides: Sequence[Side], judge_on: date | None, things: str = "leads") -> str:
    """'Provisional: 46 outbound leads are old enough, 100 are needed. Shown, not judged. Judge on 9 Jan 2027.'"""
    who = " and ".join(f"{words.count(side.n_old_enough)} {side.channel}".strip() for side in sides)
    needed = f"{HEADLINE_MINIMUM} {'of each ' if len(sides) > 1 else ''}are needed"
    return f"Provisional: {who} {things} are old enough, {needed}. Shown, not judged.{_judge(judge_on)}"


def too_few(sides: Sequence[Side], age_days: int, things: str = "leads", events: int | None = None) -> str:
    """Fewer than 30 and time will not bring them. One side whose leads are all old enough: 'Small' or 'Withheld'."""
    side = min(sides, key=lambda each: each.n_old_enough)
    n = side.n_old_enough
    if len(sides) == 1 and n == side.denominator:
        if n < WITHHELD_BELOW:
            return f"Withheld: {n} {_kind(side, things, n)}, {WITHHELD_BELOW} are needed."
        return small(side.channel, n, n, events, things)
    who = " and ".join(_of(each, things) for each in sides)
    of_each = "of each " if len(sides) > 1 else ""
    return f"Too few: {who} are {words.days(age_days)} old, {SHOWN_FROM} {of_each}are needed."


def small(channel: str, n: int, whole: int, events: int | None, things: str = "leads") -> str:
    """'Small: 7 of 18 inbound leads. Not ranked, not coloured (30 are needed).' of 10 to 29, of which time brings no more.

    n is what the figure rests on, whole what its denominator counts; events is None where the numerator counts none of them.
    """
    counts = f"{words.count(n)} {channel} {things}" if channel else words.count(n)
    if n != whole:
        counts = f"rests on {words.count(n)}"
    elif events is not None:
        counts = f"{words.count(events)} of {counts}"
    return f"Small: {counts}. Not ranked, not coloured ({SHOWN_FROM} are needed)."


def not_enough_leads(status: str, side: Side, age_days: int, judge_on: date | None, so_far: str) -> str:
    """'Too few: 12 inbound leads are 45 days old, with 18 calls.' of a figure whose things come from leads, which must be old
    enough; so_far: how many things there are, ''. Empty when the status is neither too_few, too_early nor provisional."""
    one = side.n_old_enough in {0, 1}
    old = f"{words.count(side.n_old_enough) if side.n_old_enough else 'no'} {_kind(side, 'leads', 1 if one else 2)}"
    are = f"{old} {'is' if one else 'are'} {words.days(age_days)} old"
    match status:
        case "provisional":
            return provisional((side,), judge_on)
        case "too_early":
            return f"Too early: {are}{f', with {so_far} so far' if so_far else ''}.{_judge(judge_on)}"
        case "too_few":
            return f"Too few: {are}{f', with {so_far}' if so_far else ''}."
    return ""


def stale(age_days: int, as_of: date, failed_on: date | None, reason: str) -> str:
    """'The data are 9 days old (as of 13 Nov 2026). The load of 20 Nov 2026 failed: calls.csv is empty.' Empty when neither holds."""
    parts = []
    if age_days > FRESH_DAYS or failed_on:
        old = f"{words.days(age_days)} old" if age_days else "of today"
        parts.append(f"The data are {old} (as of {words.day(as_of)}).")
    if failed_on:
        parts.append(f"The load of {words.day(failed_on)} failed: {reason}")
    elif parts:
        parts.append("Load newer extracts.")
    return " ".join(parts)


def not_available(needs: Mapping[str, Sequence[str]]) -> str:
    """needs maps each missing extract to its columns; when empty, the sentence points at the Data page."""
    if not needs:
        return "Not available. Nothing is put in its place. What it needs: see Data."
    named = [f"`{name}`" + (f" ({', '.join(columns)})" if columns else "") for name, columns in needs.items()]
    extracts, it = ("extract", "it") if len(named) == 1 else ("extracts", "them")
    return (
        f"Not available: needs the {extracts} {' and '.join(named)}. "
        f"Nothing is put in its place. How to add {it}: see Data."
    )


def one_channel(channel: str, things: str = "leads") -> str:
    """A comparison has only this channel in its scope."""
    return (
        f"Only {channel} {things} in this scope, so there is nothing to compare. "
        f"{channel.capitalize()}'s own figures follow."
    )


def too_short(oldest_days: int, horizon_days: int, judge_at: int | None) -> str:
    """The chosen leads are younger than the horizon; judge_at is the largest age of the grid that they reach."""
    instead = f"Judge at {words.days(judge_at)}, or widen" if judge_at else "Widen"
    return (
        f"The chosen leads are at most {words.days(oldest_days)} old, "
        f"so {words.days(horizon_days)} cannot be judged. {instead} the dates."
    )


def judged(kpi_title: str, headline: str, channel: str, reason: str) -> str:
    """Why a channel's value is grey; empty when the KPI (headline: inbound, outbound, both, neither) judges it."""
    if headline in ("both", channel):
        return ""
    because = reason.strip().rstrip(".")
    is_word = because[1:2].islower() or because[1:2] == " "
    because = because[:1].lower() + because[1:] if is_word else because
    grey = f"{channel.capitalize()} is in grey{f': {because}' if because else ''}."
    if headline in CHANNELS:
        return f"Judged for {headline} only. {grey}"
    return f"{kpi_title}: a diagnostic, not a verdict on either channel. {grey}"


def stated(
    status: str,
    n_old_enough: int,
    denominator: int,
    judge_on: date | None,
    horizon_days: int,
    channel: str = "",
    numerator: int | None = None,
    needs: Mapping[str, Sequence[str]] | None = None,
    things: str = "leads",
) -> str:
    """The state of one channel's figure in a sentence; empty when the status is ok.

    things are the units of the KPI, in the plural. Raises ValueError for what is no status.
    """
    sides = (Side(channel, None, None, None, n_old_enough, numerator or 0, denominator, status),)
    match status:
        case "ok":
            return ""
        case "provisional":
            return provisional(sides, judge_on, things)
        case "too_early":
            return too_early(sides, horizon_days, judge_on, things)
        case "too_few":
            return too_few(sides, horizon_days, things, numerator)
        case "not_available":
            return not_available(needs or {})
    raise ValueError(f"status {status!r} is not known: see contracts.STATUSES")
