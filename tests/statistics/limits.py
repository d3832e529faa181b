"""Gamma limits of a standardised share and MOVER's of a difference, by numpy and scipy: the other road to what SQL says."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from scipy.stats import gamma

Limited = tuple[float, float, float]


def standardised(
    shares: Sequence[float], variances: Sequence[float], units: Sequence[float], weights: Sequence[float]
) -> Limited:
    """The share at the mix of the weights and its two limits (Fay and Feuer 1997), of the rarer of won and not won."""
    w = np.asarray(weights, float) / np.sum(weights)
    p, n = np.asarray(shares, float), np.asarray(units, float)
    y, v = float(w @ p), float(w**2 @ np.asarray(variances, float))
    if y > 0.5:
        _, low, high = standardised(1 - p, variances, units, weights)
        return y, 1 - high, 1 - low
    more, fewer = max(w / n), max((w / n)[p == 1], default=0.0)
    low = quantile(0.025, y - fewer, v + fewer**2) if y > fewer else 0.0
    return y, low, min(1.0, quantile(0.975, y + more, v + more**2))


def quantile(probability: float, mean: float, variance: float) -> float:
    """Of the gamma distribution with this mean and variance."""
    return float(gamma.ppf(probability, mean**2 / variance, scale=variance / mean))


def mover(first: Limited, second: Limited) -> tuple[float, float]:
    """Limits of the difference first - second."""
    gap = first[0] - second[0]
    return (
        gap - sqrt((first[0] - first[1]) ** 2 + (second[2] - second[0]) ** 2),
        gap + sqrt((first[2] - first[0]) ** 2 + (second[0] - second[1]) ** 2),
    )
