"""Left truncation: leads from before the window stand in the extract only if they were still open when it began."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from leadquality.sample.side.rows import DAY_ZERO
from leadquality.sample.text import DAY, lognormal


def legacy(plan: dict[str, Any], rng: np.random.Generator) -> pl.DataFrame:
    """One row per lead in the extract: created_on, entry_age (-1 where followed from the first day), won_on, lost_on.

    The window begins on 2025-01-01. Days after its last are null: the lead is open.
    """
    n = plan["leads"]
    before = -1 - np.floor(plan["days_before"] * rng.random(n)).astype(np.int64)
    within = np.floor(plan["days"] * rng.random(n)).astype(np.int64)
    created = np.concatenate([before, within])
    wins = rng.random(2 * n) < plan["wins"]
    won, lost = lognormal(plan["won"], rng, 2 * n), lognormal(plan["lost"], rng, 2 * n)
    ended = created + np.floor(np.where(wins, won, lost)).astype(np.int64)
    kept = ended >= 0
    moment = pl.from_epoch(pl.Series(DAY_ZERO // DAY + ended), time_unit="d").set(
        pl.Series(ended > plan["days"]), None
    )
    rows = pl.DataFrame(
        {
            "created_on": pl.from_epoch(pl.Series(DAY_ZERO // DAY + created), time_unit="d"),
            "entry_age": np.where(created < 0, -created - 1, -1),
            "won_on": moment.set(pl.Series(~wins), None),
            "lost_on": moment.set(pl.Series(wins), None),
        }
    )
    return rows.filter(pl.Series(kept))
