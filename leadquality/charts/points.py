"""Rows of a curve as values: one point per age, in the order of age."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars

from leadquality.contracts import AGE_COLUMN, HEADLINE_MINIMUM


@dataclass(frozen=True, slots=True)
class Point:
    """One age of one channel; shares and their limits are 0 to 1, never nan."""

    age: int
    estimate: float
    low: float
    high: float
    old_enough: int
    events: int

    @property
    def is_judged(self) -> bool:
        """Whether enough leads are old enough for a colour."""
        return self.old_enough >= HEADLINE_MINIMUM


def _number(row: dict[str, Any], column: str) -> float | None:
    found = row.get(column)
    return float(found) if found is not None and math.isfinite(found) else None


def _rows(rows: polars.DataFrame, channel: str) -> list[dict[str, Any]]:
    if rows.is_empty():
        return []
    if rows["slice"].n_unique() > 1:
        raise ValueError("a figure draws one slice: filter the rows by `slice` first")
    return rows.filter(polars.col("channel") == channel).sort(AGE_COLUMN).to_dicts()


def points(rows: polars.DataFrame, channel: str) -> list[Point]:
    """The ages that may be drawn: an age whose estimate or limits are unknown is left out.

    Raises ValueError when the rows hold more than one slice.
    """
    drawn = []
    for row in _rows(rows, channel):
        estimate, low, high = (_number(row, column) for column in ("estimate", "low", "high"))
        if estimate is None or low is None or high is None:
            continue
        counts = int(_number(row, "n_old_enough") or 0), int(_number(row, "numerator") or 0)
        drawn.append(Point(int(row[AGE_COLUMN]), estimate, low, high, *counts))
    return drawn


def counts(rows: polars.DataFrame, channel: str) -> dict[int, int]:
    """Leads old enough by age, also where the estimate is not drawn."""
    found = _rows(rows, channel)
    return {
        int(row[AGE_COLUMN]): int(row["n_old_enough"]) for row in found if row["n_old_enough"] is not None
    }


def runs(drawn: list[Point]) -> list[list[Point]]:
    """The points in stretches of judged and not judged; each reaches to the first point of the next, so none gapes."""
    stretches = [list(stretch) for _, stretch in groupby(drawn, key=lambda point: point.is_judged)]
    after = [[stretch[0]] for stretch in stretches[1:]] + [[]]
    return [stretch + first for stretch, first in zip(stretches, after, strict=True)]
