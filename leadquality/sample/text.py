"""From numbers to the text of an extract: identifiers, time stamps, names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NEVER: Final = -1
"""A moment that has not come by as_of."""
HOUR: Final = 3600
DAY: Final = 24 * HOUR
ZONED: Final = "%Y-%m-%dT%H:%M:%SZ"


def pick(weights: dict[str, float], rng: np.random.Generator, n: int) -> Ints:
    """n positions in `weights`, drawn with its chances."""
    return np.searchsorted(np.cumsum(list(weights.values()))[:-1], rng.random(n), side="right")


def lognormal(shape: tuple[float, float], rng: np.random.Generator, n: int) -> Floats:
    """n draws of a log-normal given by its median and sigma."""
    median, sigma = shape
    drawn: Floats = median * np.exp(sigma * rng.standard_normal(n))
    return drawn


def booleans(values: Flags, known: Flags) -> pl.Series:
    """true and false as text; null where not known."""
    return named(["false", "true"], values.astype(np.int64)).set(pl.Series(~known), None)


def pick_within(groups: list[dict[str, float]], which: Ints, rng: np.random.Generator) -> pl.Series:
    """A name for each element, drawn from the weights of its own group."""
    starts = np.cumsum([0, *(len(weights) for weights in groups)])
    drawn = [start + pick(weights, rng, len(which)) for start, weights in zip(starts, groups, strict=False)]
    names = [name for weights in groups for name in weights]
    return named(names, np.stack(drawn)[which, np.arange(len(which))])


def named(names: Iterable[str], positions: Ints) -> pl.Series:
    return pl.Series(list(names), dtype=pl.String).gather(positions)


def identifiers(prefix: str, numbers: Ints, width: int) -> pl.Series:
    """Counted from 1 and padded: `identifiers("L", [0], 5)` is L00001."""
    return prefix + pl.Series(numbers + 1).cast(pl.String).str.zfill(width)


def width(count: int, least: int) -> int:
    """Digits for this many identifiers; one more than needed past the usual size, so that none collides with dirt."""
    return least if count < 10**least else len(str(count)) + 2


def stamps(moments: Ints) -> pl.Series:
    """ISO 8601 with offset; null for NEVER."""
    return _text(moments, ZONED)


def dates(moments: Ints) -> pl.Series:
    return _text(moments, "%Y-%m-%d")


def _text(moments: Ints, pattern: str) -> pl.Series:
    seconds = pl.Series(moments, dtype=pl.Int64)
    known = seconds.set(seconds == NEVER, None)
    return pl.from_epoch(known, time_unit="s").dt.strftime(pattern)
