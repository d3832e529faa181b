"""The ranking of sources with what only quantiles of its posteriors can say: ranges, and how often each would be the highest."""

from __future__ import annotations

from typing import Any

import polars as pl

from leadquality.engine.run import Result
from leadquality.statistics import best_probabilities, posterior_interval


def with_posteriors(result: Result) -> pl.DataFrame:
    """The rows of the report source_ranking, by channel and shrunken share, the highest first.

    Adds shrunken_low and shrunken_high (95 % limits of the posterior) and highest_probability (of the sources of a
    channel that may be ranked); all null where nothing is drawn towards anything.
    """
    rows = result.rows.to_dicts()
    chances = _chances(rows)
    for row in rows:
        limits = posterior_interval(row["alpha"], row["beta"])
        row["shrunken_low"], row["shrunken_high"] = limits or (None, None)
        row["highest_probability"] = chances.get((row["channel"], row["measure"]))
    added = dict.fromkeys(("shrunken_low", "shrunken_high", "highest_probability"), pl.Float64)
    order = ["channel", "place", "shrunken", "measure"]
    return pl.DataFrame(rows, schema={**result.rows.schema, **added}, orient="row").sort(
        order, descending=[False, False, True, False], nulls_last=True
    )


def _chances(rows: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    """Probability of being the highest, among the sources of each channel that have a place."""
    found: dict[tuple[str, str], float] = {}
    for channel in {row["channel"] for row in rows}:
        ranked = [row for row in rows if row["channel"] == channel and row["place"] is not None]
        chances = best_probabilities([(row["alpha"], row["beta"]) for row in ranked])
        found |= {(channel, row["measure"]): chance for row, chance in zip(ranked, chances, strict=True)}
    return found
