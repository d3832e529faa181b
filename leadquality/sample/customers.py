"""revenue.csv: what won accounts start with, whether they expand, and whether they leave."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.text import DAY, Floats, Ints, lognormal
from leadquality.sample.world import World

YEAR = 365


def revenue_rows(world: World, lives: Lives, rng: np.random.Generator) -> pl.DataFrame:
    """In order of time. The hazards are those of the channel that won the account first; who has left expands no more."""
    wins = pl.DataFrame({"lead": np.flatnonzero(lives.won)}).with_columns(
        account=pl.Series(lives.account[lives.won]),
        day=pl.Series(lives.ended[lives.won] // DAY),
        amount=pl.Series(lives.acv[lives.won].astype(np.int64)),
    )
    firsts = wins.sort("day", "lead").unique("account", keep="first", maintain_order=True)
    source = lives.source[firsts["lead"].to_numpy()]
    plan = world.table("customers")
    grown = _days(world.by_channel(plan["expands"])[source], rng)
    gone = _days(world.by_channel(plan["churns"])[source], rng)
    share = lognormal(plan["expansion"], rng, firsts.height)
    size = np.maximum(100, np.round(firsts["amount"].to_numpy() * share, -2)).astype(np.int64)
    more = firsts.with_columns(day=firsts["day"] + grown, amount=pl.Series(size))
    more = more.filter(pl.Series(grown < gone))
    booked = pl.concat([wins.with_columns(kind=pl.lit("new")), more.with_columns(kind=pl.lit("expansion"))])
    left = firsts.select("account", end=firsts["day"] + gone)
    held = booked.join(left, on="account").filter(pl.col("day") < pl.col("end"))
    lost = held.group_by("account").agg(pl.col("end").first(), -pl.col("amount").sum())
    churn = lost.select("account", day="end", amount="amount", kind=pl.lit("churn"))
    rows = pl.concat([booked.select("account", "day", "amount", "kind"), churn])
    rows = rows.filter(pl.col("day") * DAY <= lives.last).sort("day", "account", "kind")
    return rows.select(
        world.ids("A", rows["account"].to_numpy(), 4).alias("account_id"),
        pl.from_epoch(rows["day"], time_unit="d").dt.strftime("%Y-%m-%d").alias("booked_at"),
        pl.col("amount").alias("arr_delta"),
        "kind",
    )


def _days(hazard: Floats, rng: np.random.Generator) -> Ints:
    """Whole days from 1 on, at a constant hazard per year."""
    return np.ceil(rng.standard_exponential(len(hazard)) * YEAR / hazard).astype(np.int64)
