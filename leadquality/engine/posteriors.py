"""What SQL cannot add to shrunken rates: the limits of their posteriors, and how often each would be the highest."""

from __future__ import annotations

import polars as pl

from leadquality.engine.run import Result
from leadquality.statistics import best_probabilities, posterior_interval


def posteriors(result: Result) -> pl.DataFrame:
    """The rows of the report source_verdicts with shrunken_low, shrunken_high and highest_share.

    The limits are those of the 95 % posterior interval. highest_share is the probability that the source has the highest rate of
    the ranked ones of its channel and slice. Null where there is no posterior, or no rank.
    """
    rows = result.rows.to_dicts()
    limits = [posterior_interval(row["alpha"], row["beta"]) or (None, None) for row in rows]
    highest: dict[int, float] = {}
    for channel in {row["channel"] for row in rows}:
        ranked = [
            at
            for at, row in enumerate(rows)
            if row["channel"] == channel and row["place"] is not None and row["alpha"]
        ]
        if len(ranked) > 1:
            shares = best_probabilities([(rows[at]["alpha"], rows[at]["beta"]) for at in ranked])
            highest |= dict(zip(ranked, shares, strict=True))
    return result.rows.with_columns(
        pl.Series("shrunken_low", [low for low, _ in limits], pl.Float64),
        pl.Series("shrunken_high", [high for _, high in limits], pl.Float64),
        pl.Series("highest_share", [highest.get(at) for at in range(len(rows))], pl.Float64),
    )
