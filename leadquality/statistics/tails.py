"""Tail probabilities; DuckDB has no error function."""

from __future__ import annotations

import math


def normal_p(z: float | None) -> float | None:
    """Two-sided p-value of a standard normal z; None where there is no z."""
    return None if z is None else math.erfc(abs(z) / math.sqrt(2))


def chi_square_p(chi2: float | None) -> float | None:
    """p-value of a chi-square with 1 degree of freedom (logrank_of); None where there is no statistic."""
    return None if chi2 is None else math.erfc(math.sqrt(chi2 / 2))
