"""The parameters of the synthetic world, as world.toml states them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from leadquality.contracts import InputRefused

WORLD: Final = Path(__file__).with_name("world.toml")

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
    """Everything that does not come from a generator. `table` gives the sections that need no type of their own."""

    day_zero: date
    days: int
    sources: tuple[Source, ...]
    staged_of: int
    tables: Mapping[str, Any]

    @property
    def as_of(self) -> date:
        return self.day_zero + timedelta(days=self.days)

    @property
    def leads(self) -> int:
        return sum(source.leads for source in self.sources)

    def table(self, name: str) -> Any:
        return self.tables[name]

    def weights(self, name: str) -> dict[str, float]:
        """Values and their chances, which sum to 1."""
        return dict(self.tables["weights"][name])

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
        return replace(self, sources=sources)


def load(path: Path = WORLD) -> World:
    """The world of a file; the order of its sources is the order of the draws."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = tuple(_source(name, row) for name, row in tables["sources"].items())
    staged_of: int = tables["sources"][tables["staged"]["source"]]["leads"]
    return World(tables["clock"]["day_zero"], tables["clock"]["days"], sources, staged_of, tables)


def _source(name: str, row: Mapping[str, Any]) -> Source:
    frozen: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    return Source(name=name, **frozen)
