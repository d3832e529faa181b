"""The parameters of the synthetic world, as world.toml states them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from leadquality.contracts import InputRefused
from leadquality.sample.text import Ints, identifiers, width

WORLD: Final = Path(__file__).with_name("world.toml")
BLOCK: Final = 50_000
"""Leads that are made at once: a larger world is written block after block, so its size does not fill the memory."""

Delay: TypeAlias = tuple[float, float]
"""Median and sigma of a log-normal."""


@dataclass(frozen=True, slots=True)
class Source:
    """One row of the table of sources; p and the delays are conditional on the stage before."""

    name: str
    channel: str
    leads: int
    p: tuple[float, float, float, float]
    conversation: Delay
    meeting: Delay
    opportunity: Delay
    won: Delay
    lost: Delay
    acv: Delay
    mix: tuple[float, float, float]

    @property
    def delays(self) -> tuple[Delay, ...]:
        """In the order in which their normals are drawn."""
        return (self.conversation, self.meeting, self.opportunity, self.won, self.lost)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that does not come from a generator. `table` gives the sections that need no type of their own.

    A world is one block of a larger one: `block` is its place, `whole` the leads of all blocks together. `usual` is
    the number of leads that the file states.
    """

    day_zero: date
    days: int
    sources: tuple[Source, ...]
    staged_of: int
    tables: Mapping[str, Any]
    block: int = 0
    whole: int = 0
    usual: int = 0

    @property
    def as_of(self) -> date:
        return self.day_zero + timedelta(days=self.days)

    @property
    def leads(self) -> int:
        return sum(source.leads for source in self.sources)

    def table(self, name: str) -> Any:
        return self.tables[name]

    def weights(self, name: str) -> dict[str, float]:
        """Values and their chances, which sum to 1; "role.inbound" is a table in a table."""
        found: Any = reduce(lambda table, key: table[key], name.split("."), self.tables["weights"])
        return dict(found)

    def by_source(self, chances: Mapping[str, float], otherwise: float = 0.0) -> np.ndarray[Any, Any]:
        """One number per source, in their order."""
        return np.array([chances.get(source.name, otherwise) for source in self.sources])

    def by_channel(self, chances: Mapping[str, Any]) -> np.ndarray[Any, Any]:
        """One number per source: that of its channel."""
        return np.array([chances[source.channel] for source in self.sources])

    def ids(self, prefix: str, numbers: Ints, digits: int, per_lead: int = 1) -> pl.Series:
        """Identifiers that no other block uses, given at most per_lead of them for each lead of a block."""
        return identifiers(
            prefix, numbers + self.block * BLOCK * per_lead, width(self.whole * per_lead, digits)
        )

    def scaled(self, leads: int | None) -> World:
        """The same world with this many leads in all, shared out by largest remainder; None leaves it as it is."""
        if leads is None:
            return self
        if leads < 1:
            raise InputRefused(f"leads = {leads}: the sample needs at least one lead; give a positive number")
        exact = [source.leads * leads / self.leads for source in self.sources]
        shares = [int(share) for share in exact]
        by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
        for i in by_remainder[: leads - sum(shares)]:
            shares[i] += 1
        sources = tuple(replace(s, leads=n) for s, n in zip(self.sources, shares, strict=True))
        return replace(self, sources=sources, whole=leads)

    def blocks(self) -> Iterator[World]:
        """The world as blocks of much the same size, each with the world's proportions; a small world is one block."""
        count = -(-self.leads // BLOCK)
        for place in range(count):
            leads = self.leads * (place + 1) // count - self.leads * place // count
            yield replace(self.scaled(leads), block=place, whole=self.leads)


def load(path: Path = WORLD) -> World:
    """The world of a file; the order of its sources is the order of the draws."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = tuple(_source(name, row) for name, row in tables["sources"].items())
    staged_of: int = tables["sources"][tables["staged"]["source"]]["leads"]
    leads = sum(source.leads for source in sources)
    return World(
        tables["clock"]["day_zero"], tables["clock"]["days"], sources, staged_of, tables, 0, leads, leads
    )


def _source(name: str, row: Mapping[str, Any]) -> Source:
    frozen: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    return Source(name=name, **frozen)
