"""Random worlds of leads that share accounts, in every way that the curves treat apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import duckdb
import numpy as np
import polars as pl

from tests.oracle.rows_alone import prepare
from tests.story import Story, counted, lasting

AS_OF = date(2026, 12, 31)
TABLES = tuple(
    f"fact_{name}" for name in ("leads", "opportunities", "calls", "meetings", "handoffs", "data_checks")
)
FATES = (
    "nothing", "open", "won", "lost", "won late", "lost undated", "disqualified", "disqualified with an open deal",
    "disqualified before its deal", "lost then won", "lost then open", "lost twice", "won before it was opened",
    "lost before it was opened", "won twice on a day", "opened later", "undated deal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """How a world is drawn: how many leads, the days over which they come, the share of late entries, and whether one account holds
    a third of all. apart: no account is met by both channels; sizes: of the accounts."""

    leads: int = 60
    days: int = 25
    late: float = 0.0
    is_skewed: bool = False
    is_apart: bool = False
    sizes: tuple[int, ...] = (1, 1, 2, 2, 3, 5, 8, 9, 14)


@cache
def stage() -> duckdb.DuckDBPyConnection:
    con = lasting(AS_OF).database()
    prepare(con)
    return con


def written(seed: int, shape: Shape) -> duckdb.DuckDBPyConnection:
    """A database that holds the world of a seed and nothing else, counted as a load does."""
    world = World(seed, shape)
    con = stage()
    for table in TABLES:
        con.execute(f"delete from snapshot.{table}")
        if rows := world.story.rows[table]:
            frame = pl.DataFrame(rows, infer_schema_length=None)  # noqa: F841 (DuckDB reads it)
            con.execute(f"insert into snapshot.{table} by name select * from frame")
    counted(con)
    return con


class World:
    """The leads of a shape, and what happens to them."""

    def __init__(self, seed: int, shape: Shape) -> None:
        self.draw, self.shape, self.story = np.random.default_rng(seed), shape, Story(AS_OF)
        held, account = 0, 0
        crowd = shape.leads // 3 if shape.is_skewed else 0
        while held < shape.leads:
            size = crowd or int(self.draw.choice(shape.sizes))
            channels = self._channels()
            for _ in range(size):
                self._lead(
                    f"account {account}" if size > 1 or self.chance(0.5) else None, self.pick(*channels)
                )
            held, account, crowd = held + size, account + 1, 0

    def _channels(self) -> tuple[str, ...]:
        if self.shape.is_apart:
            return (self.pick("inbound", "outbound"),)
        return (("inbound",), ("outbound",), ("inbound", "outbound"), ("inbound", "outbound", "other"))[
            int(self.draw.integers(0, 4))
        ]

    def pick(self, *values: str) -> str:
        return str(self.draw.choice(values))

    def chance(self, share: float) -> bool:
        return bool(self.draw.random() < share)

    def _later(self, day: date) -> date:
        """A day after, rarely before, with many ties."""
        return day + timedelta(days=int(self.draw.integers(-1, self.shape.days)))

    def _moment(self, day: date) -> datetime:
        """A moment of a day, or its midnight where only the day is known."""
        if self.chance(0.3):
            return datetime.combine(day, time())
        return datetime.combine(day, time()) + timedelta(seconds=int(self.draw.integers(0, 86_400)))

    def _lead(self, account: str | None, channel: str) -> None:
        # the last ones on as_of and after it
        created = AS_OF - timedelta(days=int(self.draw.integers(-2, self.shape.days + 1)))
        late = self.chance(self.shape.late)
        moment, fate = self._moment(created), self.pick(*FATES)
        days = {
            f"{name}_on": self._later(created)
            for name in ("mql", "sql", "recycled", "rejected")
            if self.chance(0.3)
        }
        ended = self._later(created)
        lead = self.story.lead(
            channel,
            created,
            account_id=account,
            created_at=moment,
            segment=self.pick("smb", "ent"),
            source=self.pick("web", "list"),
            entry_age=int(self.draw.integers(0, 12)) if late else -1,
            disqualified=ended if fate.startswith("disqualified") else None,
            disqualified_reason="no budget",
            **days,
        )
        self._deals(lead, fate, created, ended)
        for _ in range(int(self.draw.integers(0, 3))):
            self._call(lead, moment)
        if self.chance(0.4):
            self.story.meeting(lead, self._later(created) if self.chance(0.8) else None)
        if self.chance(0.3):
            self._handoff(lead, self._moment(self._later(created)))
        for field in ("phone", "role", "phone"):
            if self.chance(0.4):
                checked = self._moment(self._later(created))
                self.story.add(
                    "data_checks",
                    lead_id=lead,
                    checked_field=field,
                    checked_at=checked,
                    checked_on=checked.date(),
                )

    def _deals(self, lead: str, fate: str, created: date, ended: date) -> None:
        opened, closed = self._later(created), self._later(ended)
        early = opened - timedelta(days=int(self.draw.integers(1, 9)))
        amount = lambda: round(float(self.draw.lognormal(9, 1)), 2) if self.chance(0.9) else None  # noqa: E731

        def deal(outcome: str, closed: date | None, opened: date | None = opened) -> None:
            self.story.opportunity(lead, opened, outcome, closed, amount())

        match fate:
            case "open" | "disqualified with an open deal":
                deal("open", None)
            case "won" | "lost":
                deal(fate, max(opened, closed))
            case "won late":
                deal("won", AS_OF + timedelta(days=3))
            case "lost undated":
                deal("lost", None)
            case "disqualified before its deal":
                deal(self.pick("open", "won", "lost"), self._later(ended), ended + timedelta(days=4))
            case "lost then won" | "lost then open":
                deal("lost", closed)
                again = closed + timedelta(days=int(self.draw.integers(0, 6)))
                deal(fate.rsplit(maxsplit=1)[-1], self._later(again) if fate.endswith("won") else None, again)
            case "lost twice":
                deal("lost", closed)
                deal("lost", self._later(closed))
            case "won before it was opened" | "lost before it was opened":
                deal(fate.split(maxsplit=1)[0], early)
            case "won twice on a day":
                deal("won", closed)
                deal("won", closed)
            case "opened later":
                deal("won", None, AS_OF + timedelta(days=1))
            case "undated deal":
                deal("lost", closed, None)

    def _call(self, lead: str, moment: datetime) -> None:
        started = moment + timedelta(
            minutes=int(self.draw.choice([-30, 0, 4, 50, 900, 4000, 11_000]) * self.draw.lognormal(0, 0.3))
        )
        answered = (
            started + timedelta(minutes=int(self.draw.choice([-2, 0, 3]))) if self.chance(0.5) else None
        )
        self.story.call(
            lead,
            started.date(),
            self.pick("unreachable", "qualified", "no_fit"),
            started_at=started,
            answered_at=answered,
            direction=self.pick("outbound", "inbound"),
            reached_role=self.pick("decisionmaker", "clerk"),
        )

    def _handoff(self, lead: str, handed: datetime) -> None:
        values: dict[str, Any] = {"handed_at": handed, "handed_on": handed.date()}
        for name in ("accepted", "rejected", "first_sales_touch", "feedback"):
            if self.chance(0.5):
                moment = self._moment(self._later(handed.date()))
                values |= {f"{name}_at": moment, f"{name}_on": moment.date()}
        self.story.add("handoffs", lead_id=lead, **values)
