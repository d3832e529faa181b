"""Quantiles and ranks of the posteriors that the SQL macro shrunken_rates gives as alpha and beta."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import beta as beta_distribution

NODES = 400
"""Gauss-Legendre nodes of the rank integral."""


def posterior_interval(
    alpha: float | None, beta: float | None, level: float = 0.95
) -> tuple[float, float] | None:
    """Both equal-tailed limits of a Beta(alpha, beta); None where there is no posterior."""
    if alpha is None or beta is None:
        return None
    low, high = beta_distribution.ppf([(1 - level) / 2, (1 + level) / 2], alpha, beta)
    return float(low), float(high)


def best_probabilities(posteriors: Sequence[tuple[float, float]]) -> list[float]:
    """The probability of each Beta(alpha, beta) to be the highest of all, by integration: no random numbers.

    P(i is highest) is the integral over q in (0, 1) of the product of the others' distribution functions at
    the q-quantile of i.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    q = (nodes + 1) / 2
    chances = []
    for place, (alpha, beta) in enumerate(posteriors):
        at = beta_distribution.ppf(q, alpha, beta)
        others = [
            beta_distribution.cdf(at, *other) for which, other in enumerate(posteriors) if which != place
        ]
        chances.append(float(np.prod(others, axis=0) @ weights / 2) if others else 1.0)
    return chances
