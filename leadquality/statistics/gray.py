"""Gray's test (1988): do groups differ in the cumulative incidence of one cause while others compete with it?

Written after the paper with the variance of its section 3 as cmprsk computes it (rho = 0, ties corrected). It compares whole
curves: where they cross it is not to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

REACHED, ENDED = 1, 2


@dataclass(frozen=True, slots=True)
class GrayTest:
    """scores: observed minus expected of each group; p is None where nothing could differ."""

    statistic: float | None
    df: int
    p: float | None
    scores: tuple[float, ...]


def gray(ages: ArrayLike, endings: ArrayLike, groups: Sequence[object]) -> GrayTest:
    """Test over units: age at the end of follow-up, its ending (0 open, 1 reached, 2 ended) and the unit's group.

    Every unit is followed from its creation: there is no delayed entry here.
    """
    age, ending = np.asarray(ages), np.asarray(endings)
    labels = sorted(set(groups), key=str)
    group = np.array([labels.index(label) for label in groups], dtype=int)
    k = len(labels)
    at_risk = np.bincount(group, minlength=k).astype(float)
    still = np.ones(k)  # Kaplan-Meier of each group just before the age
    share = np.zeros(k)  # its cumulative incidence just before the age
    pooled = 0.0
    scores, weights = np.zeros(k), np.zeros((k, k))
    # The variance is weights V3 weights' + weights V2' + V2 weights' + V1: see accumulate below.
    first, second, third = np.zeros((k, k)), np.zeros((k, k)), np.zeros(k)
    for now in np.unique(age):
        here = age == now
        d1 = np.bincount(group[here & (ending == REACHED)], minlength=k).astype(float)
        d2 = np.bincount(group[here & (ending == ENDED)], minlength=k).astype(float)
        alive = (at_risk > 0) & (still > 0)
        if (d1 + d2).any():
            y, s = np.where(alive, at_risk, 1.0), np.where(alive, still, 1.0)
            after = np.where(alive, s * (y - d1 - d2) / y, still)
            share_after = np.where(alive, share + s * d1 / y, share)
            ratio = np.where(alive, y / s, 0.0)
            total, events = ratio.sum(), d1.sum()
            subdistribution = ratio * (1 - share)
            pooled_after = pooled + events / total
            projection = np.diag(ratio) - np.outer(ratio, ratio) / total
            weights += projection * events / (total * (1 - pooled))
            scores += np.where(alive, d1 - events * subdistribution / subdistribution.sum(), 0.0)
            left = np.where(after > 0, after, 1.0)
            if events:
                rest = np.where(after > 0, 1 - (1 - pooled_after) / left, 1.0)
                ties = tie_factor(events, total * s)
                size = np.where(alive, ties * s * events / (total * y), 0.0)
                first, second, third = accumulate(
                    first, second, third, projection - rest * weights, rest, size
                )
            if d2.any():
                rest = (1 - pooled_after) / left
                ties = tie_factor(d2, y)
                size = np.where(alive & (after > 0), ties * s**2 * d2 / y**2, 0.0)
                first, second, third = accumulate(first, second, third, -rest * weights, rest, size)
            still, share, pooled = after, share_after, pooled_after
        at_risk = at_risk - np.bincount(group[here], minlength=k)
    variance = first + weights @ second.T + second @ weights.T + (weights * third) @ weights.T
    return result(scores, variance, k - 1)


def tie_factor(events: np.ndarray | float, at_risk: np.ndarray) -> np.ndarray:
    """Drawing without replacement: (n - d)/(n - 1). Where a group's share of the risk set is smaller than what falls on
    the age the factor would turn negative, and the variance with it: there it is left out, which errs on the safe side.
    """
    factor = 1 - (events - 1) / np.where(at_risk > 1, at_risk - 1, np.inf)
    return np.where((events > 1) & (factor >= 0), factor, 1.0)


def accumulate(
    first: np.ndarray,
    second: np.ndarray,
    third: np.ndarray,
    part: np.ndarray,
    rest: np.ndarray,
    size: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add one age and cause to the three sums; columns are the groups the events fall in."""
    return (
        first + (part * size) @ part.T,
        second + part * (rest * size),
        third + rest**2 * size,
    )


def result(scores: np.ndarray, variance: np.ndarray, df: int) -> GrayTest:
    """The quadratic form of all scores but the last (they add up to 0)."""
    kept, block = scores[:df], variance[:df, :df]
    if df < 1 or np.linalg.matrix_rank(block) < df:
        return GrayTest(None, df, None, tuple(scores.tolist()))
    statistic = float(kept @ np.linalg.solve(block, kept))
    return GrayTest(statistic, df, float(chi2.sf(statistic, df)), tuple(scores.tolist()))
