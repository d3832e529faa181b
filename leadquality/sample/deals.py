"""Opportunities, one per lead that got one: what they are worth, how they end, and whether anybody decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadquality.sample.lives import Lives
from leadquality.sample.text import DAY, NEVER, Flags, Floats, Ints
from leadquality.sample.world import World


@dataclass(frozen=True, slots=True)
class Deals:
    """One element per opportunity, in order of creation. lead is a position in Lives; closed is NEVER while open.

    silent opportunities get no record after the first: nobody decides, and in the end they are lost.
    """

    lead: Ints
    inbound: Flags
    opened: Ints
    closed: Ints
    won: Flags
    silent: Flags
    amount: Ints
    last: int

    def __len__(self) -> int:
        return len(self.lead)

    @property
    def until(self) -> Ints:
        return np.where(self.closed == NEVER, self.last, self.closed)

    @property
    def opened_on(self) -> Ints:
        """Days since 1970."""
        return self.opened // DAY

    @property
    def closed_on(self) -> Ints:
        """Days since 1970; far away while open."""
        return np.where(self.closed == NEVER, 1 << 40, self.closed // DAY)


def deal(world: World, lives: Lives, rng: np.random.Generator) -> Deals:
    opened = np.flatnonzero(lives.opportunity != NEVER)
    lead = opened[np.argsort(lives.opportunity[opened], kind="stable")]
    hoped = _hoped(world, lives.source[lead], rng)
    fades = rng.random(len(lead)) < world.by_source(world.table("deals")["silent"])[lives.source[lead]]
    return Deals(
        lead=lead,
        inbound=lives.inbound[lead],
        opened=lives.opportunity[lead],
        closed=lives.ended[lead],
        won=lives.won[lead],
        silent=fades & ~lives.will_win[lead],
        amount=np.where(lives.won[lead], lives.acv[lead], hoped).astype(np.int64),
        last=lives.last,
    )


def _hoped(world: World, source: Ints, rng: np.random.Generator) -> Floats:
    """What a deal that is not won was thought to be worth: the source's ACV, drawn apart from the golden stream."""
    median = np.array([row.acv[0] for row in world.sources])[source]
    sigma = np.array([row.acv[1] for row in world.sources])[source]
    limits = world.table("amounts")
    drawn = np.round(median * np.exp(sigma * rng.standard_normal(len(source))), -2)
    return np.clip(drawn, limits["least"], limits["most"])
