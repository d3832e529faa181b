"""The golden stream: what the specification (section 18.2) draws, in exactly its order.

Nothing else may be drawn from this generator: the golden values rest on the position of every number in it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from leadquality.sample.text import Flags, Floats, Ints, lognormal
from leadquality.sample.world import Source, World

UNREACHED: Final = 1 << 40
"""An age that no lead lives to see: the stage is not reached."""


@dataclass(frozen=True, slots=True)
class Draws:
    """One element per lead. created is a day; the stages are ages in whole days, UNREACHED where the lead stops.

    ended is the age of the win, the loss or the close, whether or not as_of comes first. acv is drawn for all.
    """

    source: Ints
    created: Ints
    conversation: Ints
    meeting: Ints
    opportunity: Ints
    ended: Ints
    won: Flags
    segment: Ints
    acv: Floats
    account: Ints

    def take(self, order: Ints) -> Draws:
        return Draws(*(getattr(self, field.name)[order] for field in fields(self)))


def draw(world: World, seed: int | list[int]) -> Draws:
    """All leads, source by source; then their accounts."""
    rng = np.random.default_rng(seed)
    by_source: list[tuple[Any, ...]] = []
    for index, source in enumerate(world.sources):
        drawn = _draw_source(world, source, rng)
        if source.name == world.table("staged")["source"]:
            _stage(world, *drawn)
        by_source.append((np.full(source.leads, index), *drawn))
    accounts = rng.integers(0, max(1, int(world.table("accounts")["per_lead"] * world.leads)), world.leads)
    joined: list[Any] = [np.concatenate(parts) for parts in zip(*by_source, strict=True)]
    joined.append(accounts)
    return Draws(*joined)


def _draw_source(world: World, source: Source, rng: np.random.Generator) -> tuple[Any, ...]:
    n = source.leads
    created = np.floor(world.days * rng.random(n) ** world.table("arrival")[source.channel]).astype(np.int64)
    passes = [rng.random(n) < p for p in source.p]
    talk, meet, open_, win, lose = (lognormal(delay, rng, n) for delay in source.delays)
    silent = lognormal(world.table("closing")["silent"], rng, n)
    fruitless = lognormal(world.table("closing")["met"], rng, n)
    segment = rng.choice(len(source.mix), n, p=source.mix)
    acv = np.round(lognormal(source.acv, rng, n), -2)

    talked = passes[0]
    met = talked & passes[1]
    opened = met & passes[2]
    won = opened & passes[3]
    meet_at = talk + meet
    open_at = meet_at + open_
    ended = np.select(
        [won, opened, met, talked],
        [open_at + win, open_at + lose, meet_at + fruitless, talk + silent],
        silent,
    )
    stages = ((talked, talk), (met, meet_at), (opened, open_at))
    ages = [np.where(reached, np.floor(at), UNREACHED).astype(np.int64) for reached, at in stages]
    return (created, *ages, np.floor(ended).astype(np.int64), won, segment, acv)


def _stage(
    world: World,
    created: Ints,
    conversation: Ints,
    meeting: Ints,
    opportunity: Ints,
    ended: Ints,
    won: Flags,
    segment: Ints,
    acv: Floats,
) -> None:
    """Overwrites in place: the first few win by the book, the others are lost, keeping what they reached before."""
    plan = world.table("staged")
    wins = round(plan["wins"] * len(created) / world.staged_of)
    created[:], ended[:], won[:] = plan["created"], plan["lost"], False
    for ages in (conversation, meeting, opportunity):
        ages[ages > plan["lost"]] = UNREACHED
    first = slice(0, wins)
    conversation[first], meeting[first], opportunity[first] = (
        plan["conversation"],
        plan["meeting"],
        plan["opportunity"],
    )
    ended[first], won[first], acv[first] = plan["won"], True, plan["acv"]
