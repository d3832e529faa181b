"""The sample, its clean twin and the side worlds: written, taken in by the real intake, published and opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from leadquality.catalogue import load_kpis
from leadquality.contracts import ROOT
from leadquality.engine import Result, run
from leadquality.load import load
from leadquality.sample import write_sample
from leadquality.sample.side import write_side_world
from leadquality.sample.write import SEED, Planted
from leadquality.scope import Scope
from leadquality.snapshot import Home, Snapshot, open_snapshot
from tests.asking import asked_rows
from tests.story import Story, counted

AS_OF = date(2026, 11, 22)
"""Day 690, counted from 2025-01-01."""
BESIDE = ("mapping.toml", "leadquality.toml")
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class World:
    """A loaded world: its files, its home and its open snapshot. planted is empty for a side world."""

    folder: Path
    snapshot: Snapshot
    planted: Planted | None = None

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def ask(self, kpi_id: str, horizon: int | None = None, **scope: Any) -> Result:
        asked = Scope(self.snapshot.as_of, **scope).backed(self.snapshot.as_of)
        return run(self.snapshot.cursor(), load_kpis()[kpi_id], asked, horizon)

    def row(self, kpi_id: str, channel: str, horizon: int | None = None, **where: Any) -> dict[str, Any]:
        """The one row of a channel; `by` slices, further values choose by column."""
        found = self.ask(kpi_id, horizon, slice_by=where.pop("by", None)).rows
        chosen = found.filter(pl.col("channel") == channel, **where)
        assert chosen.height == 1, (kpi_id, channel, where, chosen.height)
        return chosen.row(0, named=True)

    def read(self, extract: str) -> pl.DataFrame:
        """A file as text."""
        return pl.read_csv(self.folder / f"{extract}.csv", infer_schema=False)

    def sql(self, query: str, **parameters: Any) -> pl.DataFrame:
        return self.snapshot.cursor().sql(query, params=parameters or None).pl()

    def asked(self, query: str, scope: Scope) -> list[dict[str, Any]]:
        """The rows of a statement over steps, as the engine runs it (tests/asking.py)."""
        return asked_rows(self.snapshot.cursor(), query, scope)


def write_and_load(folder: Path, dirty: bool) -> World:
    planted = write_sample(folder, SEED, dirty=dirty)
    for name in BESIDE:
        (folder / name).write_bytes((ROOT / "data" / "sample" / name).read_bytes())
    home = Home(folder / "home")
    load(home, folder)
    return World(folder, open_snapshot(home), planted)


def side_world(folder: Path, name: str, days: int | None = None) -> World:
    """days: as_of, counted from 2025-01-01; without it the end of what is recorded."""
    write_side_world(folder, name)
    home = Home(folder / "home")
    load(home, folder, as_of=date(2025, 1, 1) + timedelta(days=days) if days else None)
    return World(folder, open_snapshot(home))


Asking: TypeAlias = Callable[..., Result]


def told(as_of: date, facts: Mapping[str, pl.DataFrame]) -> Asking:
    """Ask a KPI over these rows of facts (by fact table without its prefix): ask("rep_consistency", slice_by="source")."""
    story = Story(as_of)
    con = story.database()
    for name, frame in facts.items():
        con.register("given", frame.to_arrow())
        con.execute(f"insert into snapshot.fact_{name} by name select * from given")
        con.unregister("given")
    counted(con)

    def ask(kpi_id: str, horizon: int | None = None, **scope: Any) -> Result:
        return run(story.database(), load_kpis()[kpi_id], Scope(as_of, **scope), horizon)

    return ask


def of_rep(world: World, rep: str) -> Asking:
    """What one rep left behind, as a world of its own: no KPI names a rep, so this asks them about one."""
    of_calls = "where call_id in (select call_id from snapshot.fact_calls where rep_id = $rep)"
    of_leads = "where lead_id in (select lead_id from snapshot.fact_calls where rep_id = $rep)"
    chosen = {"calls": "where rep_id = $rep", "call_answers": of_calls, "call_scores": of_calls}
    chosen |= {"leads": of_leads, "handoffs": of_leads}
    return told(
        world.snapshot.as_of,
        {
            name: world.sql(f"select * from snapshot.fact_{name} {rows}", rep=rep)
            for name, rows in chosen.items()
        },
    )


def reported_se(row: Mapping[str, Any]) -> float:
    """Half the width of the 95 % interval, in standard errors of a normal one."""
    return (row["high"] - row["low"]) / (2 * Z95)


def recovers(row: Mapping[str, Any], truth: float) -> bool:
    """Within four reported standard errors of what was planted (statistics.md, 18.6)."""
    return abs(row["estimate"] - truth) <= 4 * reported_se(row)
