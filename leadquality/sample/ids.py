"""Identifiers of leads and accounts, alike in every file."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.world import World


def lead_ids(world: World, lives: Lives) -> pl.Series:
    return world.ids("L", np.arange(len(lives)), 5)


def account_ids(world: World, lives: Lives) -> pl.Series:
    return world.ids("A", lives.account, 4)
