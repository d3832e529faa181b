"""Side worlds: small extracts, each with one planted truth that the specified stream has no room for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from leadquality.sample.side.calling import reps, shows, speed
from leadquality.sample.side.closing import accounts, customers, segments
from leadquality.sample.side.legacy import legacy
from leadquality.sample.world import load

__all__ = ["SIDE_WORLDS", "legacy", "plan_of", "write_side_world"]

Maker: TypeAlias = Callable[[dict[str, Any], np.random.Generator], dict[str, pl.DataFrame]]

SIDE_WORLDS: Final[dict[str, Maker]] = {
    "segments": segments,
    "reps": reps,
    "accounts": accounts,
    "speed": speed,
    "shows": shows,
    "customers": customers,
}
"""Those that are extracts. `legacy` needs ages of entry, which no extract holds: it gives rows of facts."""


def plan_of(name: str) -> dict[str, Any]:
    """The parameters of a side world, as world.toml states them."""
    plan: dict[str, Any] = load().table("side")[name]
    return plan


def write_side_world(folder: Path, name: str, seed: int = 20261122) -> None:
    """Writes the extracts of a side world, under our own column names, to `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [seed, 100 + list(SIDE_WORLDS).index(name)]
    for extract, frame in SIDE_WORLDS[name](plan_of(name), np.random.default_rng(words)).items():
        frame.write_csv(folder / f"{extract}.csv", line_terminator="\n")
