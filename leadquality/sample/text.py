"""From numbers to the text of an extract: identifiers, time stamps, names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl

from leadquality.sample.draws import Ints
from leadquality.sample.lives import NEVER

ZONED: Final = "%Y-%m-%dT%H:%M:%S+00:00"


def pick(weights: dict[str, float], rng: np.random.Generator, n: int) -> Ints:
    """n positions in `weights`, drawn with its chances."""
    return np.searchsorted(np.cumsum(list(weights.values()))[:-1], rng.random(n), side="right")


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
