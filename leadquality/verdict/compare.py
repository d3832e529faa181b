"""Compares two channels at one age and says only what the intervals allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from leadquality import words
from leadquality.contracts import HEADLINE_MINIMUM
from leadquality.verdict import states
from leadquality.verdict.headline import QUESTION, TITLE_LIMIT, headline
from leadquality.verdict.pair import Pair
from leadquality.verdict.parts import DECIDED, SHOWN_FROM, Direction, Gap, Kind, Side, Verdict
from leadquality.verdict.scale import Scale

EMPTY: Final = "No {things} match. Widen the dates or press Reset."
NO_RANGE: Final = "Not comparable at {age}: no range of the gap is known. Each side is shown alone."


def _blocked(
    sides: Sequence[Side],
    age_days: int,
    judge_on: date | None,
    needs: Mapping[str, Sequence[str]],
    things: str,
    incomparable: str | None,
) -> tuple[Kind, str] | None:
    """Why these sides may not be compared yet, or None when they may."""
    if not sides:
        return "not_available", EMPTY.format(things=things)
    if any(side.status == "not_available" for side in sides):
        return "not_available", states.not_available(needs)
    if len(sides) == 1:
        return "one_channel", states.one_channel(sides[0].channel, things)
    if incomparable:
        return "not_comparable", f"Not comparable {incomparable}. Each side is shown alone."
    young = [side for side in sides if side.n_old_enough < SHOWN_FROM]
    if any(side.status == "too_few" or (side.status != "too_early" and judge_on is None) for side in young):
        return "too_few", states.too_few(young, age_days, things, young[0].numerator)
    if young:
        return "too_early", states.too_early(young, age_days, judge_on, things)
    waiting = [side for side in sides if side.n_old_enough < HEADLINE_MINIMUM]
    if waiting:
        return "provisional", states.provisional(waiting, judge_on, things)
    return None


def _said(
    pair: Pair, direction: Direction, margin: float | None, told_by: date | None
) -> tuple[Kind, str | None, str]:
    """Kind, channel ahead and sentence of two mature sides; a gap inside the margin counts as none, signed or not."""
    gap = pair.gap
    if margin is not None and not pair.is_sparse and -margin < gap.low and gap.high < margin:
        return "as_good_as_equal", None, pair.equal(margin)
    if not gap.is_signed:
        return "too_close", None, pair.close(told_by)
    better, worse = pair.outbound, pair.inbound
    if (gap.low > 0) == (direction == "lower_is_better"):
        better, worse = worse, better
    if gap.is_firm:
        return "ahead", better.channel, pair.ahead(better, worse, _word(direction))
    return "leaning", better.channel, pair.leaning(better, worse)


def _word(direction: Direction) -> str:
    return "higher" if direction == "none" else "ahead"


def _title(verdict: Verdict, direction: Direction) -> str:
    """The opening of the sentence, without its gap, if it is short enough."""
    opening = verdict.sentence
    for end in (", a gap", "; the gap", ". "):
        opening = opening.partition(end)[0]
    if verdict.kind in DECIDED and len(opening) <= TITLE_LIMIT:
        return opening
    return headline([verdict], word=_word(direction))


def compare(
    inbound: Side | None,
    outbound: Side | None,
    gap: Gap | None,
    age_days: int,
    noun: str = "won",
    judge_on: date | None = None,
    *,
    unit: str = "ratio",
    currency: str | None = None,
    direction: Direction = "higher_is_better",
    denominator: int | None = None,
    margin: float | None = None,
    told_by: date | None = None,
    event: tuple[str, str] = ("win", "wins"),
    things: str = "leads",
    incomparable: str | None = None,
    needs: Mapping[str, Sequence[str]] | None = None,
) -> Verdict:
    """The verdict on two channels at one age; a side without leads counts as missing.

    noun follows a value ('won' of leads; 'per lead' for money), things are what is counted. denominator fixes
    'of 1,000' for a whole page. margin is in the unit of the estimate. told_by: when a gap too close to call
    can be told. incomparable completes 'Not comparable ..'. needs: missing extracts and their columns.
    """
    sides = tuple(side for side in (inbound, outbound) if side is not None and side.denominator > 0)
    kind: Kind
    ahead: str | None = None
    blocked = _blocked(sides, age_days, judge_on, needs or {}, things, incomparable)
    if blocked:
        kind, sentence = blocked
    elif gap is None or any(side.estimate is None for side in sides):
        kind, sentence = "not_comparable", NO_RANGE.format(age=words.days(age_days))
    else:
        scale = Scale.fitting(unit, noun, things, currency, denominator, *sides)
        pair = Pair(sides[0], sides[1], gap, age_days, scale, event)
        kind, ahead, sentence = _said(pair, direction, margin, told_by)
    waits = judge_on if kind in ("too_early", "provisional") else None
    bare = Verdict(kind, ahead, age_days, sides, gap, waits, sentence, QUESTION)
    return replace(bare, title=_title(bare, direction))
