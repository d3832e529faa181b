"""Rows of leads and opportunities as the side worlds need them: nothing in them but what their truth is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Final

import numpy as np
import polars as pl

from leadquality.sample.text import DAY, HOUR, Floats, Ints, identifiers, stamps

DAY_ZERO: Final = int(datetime.combine(date(2025, 1, 1), time(), UTC).timestamp())
"""First moment of 2025-01-01, seconds since 1970."""
SEGMENTS: Final = ("smb", "mid", "ent")


def lead_table(channel: str, created: Ints, first: int = 0, **columns: Any) -> pl.DataFrame:
    """created: days from 2025-01-01, or seconds since 1970 where they exceed a million. Further columns as given."""
    moments = np.where(created < 1_000_000, DAY_ZERO + created * DAY + 9 * HOUR, created)
    numbers = first + np.arange(len(created))
    given = {name: value if isinstance(value, str) else pl.Series(value) for name, value in columns.items()}
    table = pl.DataFrame(
        {
            "lead_id": identifiers("L", numbers, 6),
            "account_id": identifiers("A", numbers, 6),
            "channel": pl.repeat(channel, len(created), eager=True),
            "source": pl.repeat(channel, len(created), eager=True),
            "segment": pl.repeat("smb", len(created), eager=True),
            "region": pl.repeat("DACH", len(created), eager=True),
            "created_at": stamps(moments),
        }
    )
    return table.with_columns(
        **{name: pl.lit(value) if isinstance(value, str) else value for name, value in given.items()}
    )


def deal_table(leads: pl.DataFrame, opened: Ints, closed: Ints, won: np.ndarray, amount: int) -> pl.DataFrame:
    """One closed opportunity per lead; opened and closed are days from 2025-01-01."""
    outcome = pl.Series(won).replace_strict({True: "won", False: "lost"}, return_dtype=pl.String)
    return leads.select(
        pl.col("lead_id").str.replace("L", "O").alias("opportunity_id"), "lead_id", "account_id"
    ).with_columns(
        created_at=stamps(DAY_ZERO + opened * DAY + 15 * HOUR),
        closed_at=stamps(DAY_ZERO + closed * DAY + 17 * HOUR),
        outcome=outcome,
        amount=pl.lit(amount),
        acv=pl.lit(amount),
        currency=pl.lit("EUR"),
    )


def logistic(odds: Floats) -> Floats:
    """The chance at these odds."""
    return odds / (1 + odds)
