"""From which age on does one curve stay above the other? The bootstrap of that age, by account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SEED = 20261122
RESAMPLES = 2000
MOST_DRAWS = 40_000_000
"""Cells times resamples above which fewer resamples are taken, so that a reader does not wait."""

OPEN, REACHED, ENDED = 0, 1, 2
Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Members:
    """Units of two channels by account, one entry a cell: `alike` accounts with `count` units of that history each.

    account numbers the accounts that hold several units, from 0 and in whichever channel; -1 stands for units alone in
    theirs. endings are 0 open, 1 reached, 2 ended; at risk at age t is who has entry < t <= exit.
    """

    is_outbound: ArrayLike
    account: ArrayLike
    alike: ArrayLike
    count: ArrayLike
    entry: ArrayLike
    exit: ArrayLike
    ending: ArrayLike


@dataclass(frozen=True, slots=True)
class Crossover:
    """age: the first from which on the later leader leads; low and high: its percentile limits at 95 %.

    high is None where the crossing lies beyond the last age in more than 2.5 % of the resamples; low is 0 where the
    later leader leads from the start in as many. resamples: how many were drawn.
    """

    age: int
    low: int | None
    high: int | None
    resamples: int


def crossover(
    members: Members, last_age: int, resamples: int = RESAMPLES, seed: int = SEED
) -> Crossover | None:
    """Crossover of the shares that reached, outbound minus inbound, over the ages 0 to last_age.

    None where the gap keeps its sign throughout.

    Accounts are drawn with Poisson weights, so one that both channels met keeps or loses both.
    """
    cells = _Cells(members, last_age)
    gap = cells.gap(cells.alike * cells.count)
    age, sign = _last_turn(gap), _sign(gap[-1])
    if age is None or sign == 0:
        return None
    draws = min(resamples, max(200, MOST_DRAWS // len(cells.alike)))
    ages = np.array([_turn_to(cells.gap(weights), sign) for weights in cells.drawn(draws, seed)])
    low, high = np.quantile(ages, [0.025, 0.975], method="inverted_cdf")
    limits = [int(limit) if np.isfinite(limit) else None for limit in (low, high)]
    return Crossover(age, limits[0], limits[1], draws)


class _Cells:
    """The cells as arrays, and the gap of the two curves under any weights on them."""

    def __init__(self, members: Members, last_age: int) -> None:
        self.last_age = last_age
        self.outbound = np.asarray(members.is_outbound, dtype=bool)
        self.account = np.asarray(members.account, dtype=np.int64)
        self.alike = np.asarray(members.alike, dtype=np.float64)
        self.count = np.asarray(members.count, dtype=np.float64)
        self.entry = np.asarray(members.entry, dtype=np.int64)
        self.exit = np.asarray(members.exit, dtype=np.int64)
        self.ending = np.asarray(members.ending, dtype=np.int64)
        self.is_shared = self.account >= 0
        self.shared = int(self.account.max(initial=-1)) + 1

    def drawn(self, draws: int, seed: int) -> Iterator[Curve]:
        """Weights of each cell for each resample."""
        generator = np.random.default_rng(seed)
        for _ in range(draws):
            per_account = generator.poisson(1.0, self.shared).astype(np.float64)
            weights = generator.poisson(self.alike).astype(np.float64)
            weights[self.is_shared] = per_account[self.account[self.is_shared]]
            yield weights * self.count

    def gap(self, weights: Curve) -> Curve:
        """Outbound minus inbound at each age from 0 to last_age."""
        return self._share(weights, self.outbound) - self._share(weights, ~self.outbound)

    def _share(self, weights: Curve, chosen: NDArray[np.bool_]) -> Curve:
        """Aalen-Johansen share that reached by each age."""
        weights, ending = weights[chosen], self.ending[chosen]
        gone = np.minimum(self.exit[chosen], self.last_age + 1)
        here = np.minimum(self.entry[chosen] + 1, self.last_age + 1)
        size = self.last_age + 2
        entered = np.bincount(here, weights, size)
        left = np.bincount(gone, weights, size)
        reached = np.bincount(gone, weights * (ending == REACHED), size)
        resolved = np.bincount(gone, weights * (ending != OPEN), size)
        at_risk = np.cumsum(entered) - np.concatenate(([0.0], np.cumsum(left)[:-1]))
        safe = np.where(at_risk > 0.5, at_risk, np.inf)
        still = np.cumprod(1 - resolved / safe)
        before = np.concatenate(([1.0], still[:-1]))
        return np.cumsum(before * reached / safe)[:-1]


def _sign(gap: float) -> int:
    return 0 if abs(gap) < 1e-12 else int(np.sign(gap))


def _last_turn(gap: Curve) -> int | None:
    """First age from which on the gap keeps the sign it ends with; None where it never had the other."""
    sign = _sign(gap[-1])
    other = np.flatnonzero(np.where(np.abs(gap) < 1e-12, 0, np.sign(gap)) == -sign)
    return int(other[-1]) + 1 if sign and other.size else None


def _turn_to(gap: Curve, sign: int) -> float:
    """The same for a given last sign: 0 where the gap has it throughout, infinity where it does not come to it."""
    if _sign(gap[-1]) != sign:
        return np.inf
    return float(_last_turn(gap) or 0)
