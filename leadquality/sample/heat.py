"""Speed to lead: hot leads are called sooner and qualify more often; on busy days everybody waits."""

from __future__ import annotations

import numpy as np

from leadquality.sample.draws import Draws
from leadquality.sample.text import Flags, Floats, Ints
from leadquality.sample.world import World


def waits(
    world: World, draws: Draws, rng: np.random.Generator, heat: np.random.Generator
) -> tuple[Ints, Flags]:
    """Seconds from each lead to its first response, were it inbound, and whether it is hot."""
    plan = world.table("response")
    median, sigma = plan["minutes"]
    hot = heat.random(len(draws.created)) < world.by_source(plan["hot"])[draws.source]
    factor = np.where(hot, plan["hot_factor"], plan["cold_factor"])
    factor[_is_busy(world, draws)] *= plan["busy_factor"]
    minutes = median * np.exp(sigma * rng.standard_normal(len(hot))) * factor
    return np.maximum(120, 60 * minutes).astype(np.int64), hot


def _is_busy(world: World, draws: Draws) -> Flags:
    inbound = world.by_channel({"inbound": True, "outbound": False})[draws.source]
    arrivals = np.bincount(draws.created[inbound], minlength=world.days)
    busy: Flags = arrivals >= world.table("response")["busy_from"] * max(1, np.median(arrivals))
    return busy[draws.created]


def tilt(world: World, inbound: Flags, hot: Flags, delay: Ints, counted: Flags) -> Floats:
    """How much likelier than others each lead is called qualified; 1 on average over the inbound leads counted."""
    plan = world.table("response")
    median, _ = plan["minutes"]
    lift = np.maximum(delay, 1) / (60 * median)
    lift = lift ** plan["delay_power"] * np.where(hot, plan["hot_qualifies"], 1.0)
    usual = float(lift[inbound & counted].mean()) if (inbound & counted).any() else 1.0
    return np.where(inbound, lift / usual, 1.0)
