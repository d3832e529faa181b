"""account_sets.csv: the accounts that outbound set out to open, and since when."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.text import DAY, dates
from leadquality.sample.world import World


def set_rows(world: World, lives: Lives, rng: np.random.Generator) -> pl.DataFrame:
    """Each account worked by outbound, in the set of its first outbound lead, and some that nobody has worked yet."""
    plan = world.table("account_sets")
    outbound = np.flatnonzero(~lives.inbound)
    _, first = np.unique(lives.account[outbound], return_index=True)
    lead = outbound[first]
    sets = [plan["sets"].get(source.name, "") for source in world.sources]
    day = lives.created[lead] // DAY - rng.integers(0, plan["days_before"] + 1, len(lead))
    spare = round(plan["untouched"] * len(lead))
    own, any_ = lives.source[lead], rng.permutation(lives.source[lead])[:spare]
    rows = pl.DataFrame(
        {
            "account_id": pl.concat(
                [
                    world.ids("A", lives.account[lead], 4),
                    world.ids("T", np.arange(spare), 4),
                ]
            ),
            "set_id": pl.Series(sets).gather(np.concatenate([own, any_])),
            "targeted_from": dates(
                DAY
                * np.concatenate(
                    [np.maximum(day, lives.first // DAY), rng.integers(lives.first, lives.last, spare) // DAY]
                )
            ),
        }
    )
    return rows.sort("targeted_from", "account_id")
