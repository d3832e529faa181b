"""Leads touched by both channels: an exact number, so that all others are touched by one only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadquality.sample.lives import Lives
from leadquality.sample.text import DAY, NEVER, Flags
from leadquality.sample.world import World


@dataclass(frozen=True, slots=True)
class Touches:
    """One element per lead. calls_in: the conversation is a call of the lead's own; dialled_after: we dialled later on."""

    calls_in: Flags
    dialled_after: Flags


def touch(world: World, lives: Lives, rng: np.random.Generator) -> Touches:
    """Inbound first: the lead rang us, then we dialled. Outbound first: we dialled, then the lead rang back.

    Inbound leads that were dialled before the conversation are spoken to on a dial of ours, as most outbound leads are.
    """
    plan = world.table("mixed")
    spoken = lives.conversation != NEVER
    rang = lives.inbound & spoken & (lives.dials == 0)
    rang &= rng.random(len(lives)) < world.table("calling")["calls_in"]
    count = round(plan["share"] * len(lives))
    first_in = round(plan["inbound_first"] * count)
    room = lives.until - lives.conversation > 3 * DAY
    after = _chosen(rang & room, first_in, rng)
    back = _chosen(~lives.inbound & spoken & (lives.dials > 0), count - first_in, rng)
    return Touches(calls_in=rang | back, dialled_after=after)


def _chosen(fit: Flags, count: int, rng: np.random.Generator) -> Flags:
    """So many of those that fit, or all of them where there are fewer."""
    candidates = np.flatnonzero(fit)
    chosen = np.zeros(len(fit), dtype=np.bool_)
    chosen[rng.choice(candidates, min(count, len(candidates)), replace=False)] = True
    return chosen
