"""When opportunities are expected to close, and how often that is put off: exact shares, quarter by quarter.

A week into a quarter some of the open opportunities are expected in it. Those that close in it are not put off; of those
that stay open so many are expected, and then moved out, that they make up the planned share. All others are expected in
a later quarter all along. Opportunities that fall silent are expected after their end: nobody touches their date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from leadquality.sample.deals import Deals
from leadquality.sample.text import DAY, NEVER, Flags, Ints
from leadquality.sample.world import World

LOOK = 6
"""Days from the first of a quarter to the day on which its expectations are read."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """All days since 1970, arrays of opportunities x quarters where two-dimensional.

    starts and ends bound the quarters up to the one after as_of. expected is what is expected at the start of each
    quarter, `first` at creation and `latest` at the end; pushed_on is the day on which the opportunity is moved out of the
    quarter, NEVER where it is not. commits: counted on, where it is expected in the quarter at all.
    """

    starts: Ints
    ends: Ints
    first: Ints
    latest: Ints
    expected: Ints
    pushed_on: Ints
    commits: Flags


def foresee(world: World, deals: Deals, rng: np.random.Generator) -> Forecast:
    starts = _quarters(world, deals.last // DAY)
    ends = np.r_[starts[1:], _next(starts[-1])] - 1
    is_in, pushed = _chosen(world, deals, starts, ends, rng)
    n, count = is_in.shape
    inside = np.minimum(deals.closed_on[:, None], ends - rng.integers(0, 45, (n, count)))
    inside = np.maximum(inside, starts + LOOK)
    beyond = _end_of_last_quarter(deals, ends) + rng.integers(5, 100, n)
    expected = np.empty((n, count), dtype=np.int64)
    target = beyond
    for place in reversed(range(count)):
        target = np.where(is_in[:, place], inside[:, place], target)
        expected[:, place] = target
    here = np.arange(n)
    born = np.searchsorted(ends, deals.opened_on)
    quick = (deals.opened_on > starts[born] + LOOK) & (deals.closed_on <= ends[born]) & ~deals.silent
    first = np.where(quick, deals.closed_on + rng.integers(0, 15, n), expected[here, born])
    closing = np.searchsorted(ends, np.minimum(deals.closed_on, deals.last // DAY + 1))
    latest = np.where(quick, first, expected[here, closing])
    pushed_on = np.where(pushed, ends - rng.integers(0, 21, (n, count)), NEVER)
    plan = world.table("forecast")
    chance = np.where(deals.won, plan["commit_if_won"], plan["commit_otherwise"])
    return Forecast(starts, ends, first, latest, expected, pushed_on, rng.random(n) < chance)


def _chosen(
    world: World, deals: Deals, starts: Ints, ends: Ints, rng: np.random.Generator
) -> tuple[Flags, Flags]:
    """Which opportunities are expected in which quarter a week into it, and which of them are moved out of it."""
    is_in = np.zeros((len(deals), len(starts)), dtype=np.bool_)
    pushed = is_in.copy()
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if end > deals.last // DAY:
            continue
        alive = (deals.opened_on <= start + LOOK) & (deals.closed_on > start + LOOK) & ~deals.silent
        for channel, is_channel in (("inbound", deals.inbound), ("outbound", ~deals.inbound)):
            share = world.table("forecast")["pushed"][channel]
            ending = rng.permutation(np.flatnonzero(alive & is_channel & (deals.closed_on <= end)))
            staying = rng.permutation(np.flatnonzero(alive & is_channel & (deals.closed_on > end)))
            kept = min(len(ending), int(len(staying) * (1 - share) / share))
            moved = staying[: round(kept * share / (1 - share))]
            is_in[ending[:kept], place] = True
            is_in[moved, place] = True
            pushed[moved, place] = True
    return is_in, pushed


def _end_of_last_quarter(deals: Deals, ends: Ints) -> Ints:
    """Of the quarter in which each opportunity closes, or of today where it is open."""
    last = deals.until // DAY
    return np.where(deals.closed == NEVER, last, ends[np.searchsorted(ends, last)])


def _quarters(world: World, last_day: int) -> Ints:
    """First days of the quarters from that of day 0 to the one after as_of."""
    first = world.day_zero.replace(month=3 * ((world.day_zero.month - 1) // 3) + 1, day=1)
    starts = [(first - date(1970, 1, 1)).days]
    while starts[-1] <= last_day:
        starts.append(_next(starts[-1]))
    return np.array(starts)


def _next(start: int) -> int:
    """First day of the quarter after the one that starts on this day."""
    day = date.fromordinal(date(1970, 1, 1).toordinal() + int(start))
    year, month = divmod(day.year * 12 + day.month - 1 + 3, 12)
    return (date(year, month + 1, 1) - date(1970, 1, 1)).days
