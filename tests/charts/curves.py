"""Rows of a comparison by age, told one by one, for the tests of this room."""

from __future__ import annotations

from typing import Any

import polars

from leadquality.charts import INBOUND, NEUTRAL, OUTBOUND, OUTBOUND_TEXT

AGES = (30, 90, 180, 365, 540)
TOKENS = {INBOUND, OUTBOUND, NEUTRAL, OUTBOUND_TEXT}
SCHEMA: dict[str, Any] = {
    "slice": polars.String,
    "channel": polars.String,
    "numerator": polars.Int64,
    "denominator": polars.Int64,
    "estimate": polars.Float64,
    "low": polars.Float64,
    "high": polars.Float64,
    "n_old_enough": polars.Int64,
    "status": polars.String,
    "age_days": polars.Int64,
    "low_99": polars.Float64,
    "high_99": polars.Float64,
}


def row(channel: str, age: int, estimate: float | None, old_enough: int, wins: int = 50) -> dict[str, Any]:
    """Limits lie .01 (95 %) and .013 (99 %) on either side."""
    known = estimate is not None
    low, high, low_99, high_99 = (
        (estimate + by if estimate is not None else None) for by in (-0.01, 0.01, -0.013, 0.013)
    )
    counts = {"numerator": wins, "denominator": 5_000, "n_old_enough": old_enough}
    limits = {"estimate": estimate, "low": low, "high": high, "low_99": low_99, "high_99": high_99}
    status = "ok" if known else "too_early"
    return {"slice": "all", "channel": channel, "status": status, "age_days": age} | counts | limits


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=SCHEMA)


def demonstration() -> polars.DataFrame:
    """Inbound is mature at every age; outbound is provisional from 365 days and too young at 540."""
    inbound = [
        (30, 0.02, 4_231),
        (90, 0.0626, 3_858),
        (180, 0.0716, 3_253),
        (365, 0.0716, 2_059),
        (540, 0.0716, 947),
    ]
    outbound = [
        (30, 0.01, 4_563),
        (90, 0.015, 3_727),
        (180, 0.0209, 2_628),
        (365, 0.0819, 46),
        (540, None, 22),
    ]
    return frame(
        *(row("inbound", *values) for values in inbound),
        *(row("outbound", *values) for values in outbound),
        row("difference", 30, -0.01, 4_231),
        row("difference", 90, -0.0476, 3_727),
        row("difference", 180, -0.0115, 2_628),
        row("difference", 365, 0.0103, 46),
        row("difference", 540, None, 22),
        row("unknown", 180, 0.5, 3_000),
    )
