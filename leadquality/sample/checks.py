"""data_checks.csv: fields of the record that were looked at in a conversation, and what was found."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.ids import lead_ids
from leadquality.sample.lives import Lives
from leadquality.sample.phones import Phones
from leadquality.sample.text import dates, named
from leadquality.sample.world import World


def check_rows(world: World, lives: Lives, phones: Phones, rng: np.random.Generator) -> pl.DataFrame:
    """Nobody is verified who was not reached: the numbers that ring out are never looked at."""
    plan = world.table("checks")
    parts = []
    for name, chance in plan["looked_at"].items():
        lead = lives.spoken[rng.random(len(lives.spoken)) < chance]
        drawn = rng.random(len(lead)) < plan["wrong"].get(name, 0)
        wrong = phones.wrong[lead] if name == "phone" else drawn
        parts.append(
            pl.DataFrame(
                {
                    "lead": lead,
                    "field": pl.repeat(name, len(lead), eager=True),
                    "result": named(["correct", "wrong"], wrong.astype(np.int64)),
                }
            )
        )
    rows = pl.concat(parts).sort("lead", maintain_order=True)
    who = rows["lead"].to_numpy()
    return rows.select(
        lead_ids(world, lives).gather(who).alias("lead_id"),
        "field",
        "result",
        dates(lives.conversation[who]).alias("checked_at"),
    )
