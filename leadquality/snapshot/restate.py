"""Restatement: what a load says of weeks that the load before it told already, figure by figure, with the rows responsible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from leadquality import __version__
from leadquality.catalogue import definitions_hash
from leadquality.contracts import QUERIES
from leadquality.snapshot.manifest import Manifest
from leadquality.snapshot.publish import DATA, Home, NoSnapshot
from leadquality.snapshot.workspace import ENGINE

TABLES: Final = ("restated_rows", "restated_weeks")
READ: Final = ("coverage", "fact_leads", "fact_meetings", "fact_opportunities")
FIRST: Final = "no earlier load to compare with"
DAMAGED: Final = "the load before this one is damaged"
OTHER_RULES: Final = "the load before this one was made by other definitions"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The snapshot that is current when a load begins; manifest None: there is none to rely on, and `why`."""

    path: Path
    manifest: Manifest | None
    why: str = ""


def earlier_of(home: Home) -> Earlier:
    """The current snapshot, its hashes checked once for all that a load asks of it. A damaged one is no hindrance: the load
    is its remedy."""
    try:
        if home.current() is None:
            return Earlier(home.path, None, FIRST)
        folder, manifest = home.verified()
    except NoSnapshot:
        return Earlier(home.path, None, DAMAGED)
    return Earlier(folder / DATA, manifest)


def restate(
    con: duckdb.DuckDBPyConnection, path: Path, as_of: date, mapping_digest: str, earlier: Earlier
) -> dict[str, Any]:
    """Write the tables restated_rows and restated_weeks of the snapshot file `path`, empty where nothing can be compared.

    Both snapshots are read as known on the as-of day of the earlier one (of the new one, should that be before). Returns what
    the manifest keeps: {"not_compared": why}, or the snapshot compared with, the day, and how many figures of how many weeks
    changed by how many rows; uncompared: measures that one of the two loads had no column for.
    """
    before, why = earlier.manifest, earlier.why
    rules = (__version__, ENGINE, definitions_hash())
    if before is not None and (before.product, before.engine, before.definitions) != rules:
        before, why = None, OTHER_RULES
    _attach(con, "snapshot", path)
    if before is None:
        _attach_nothing(con)
    else:
        _attach(con, "earlier", earlier.path, "(read_only)")
    known_on = min(as_of.isoformat(), before.as_of) if before else as_of.isoformat()
    con.execute(f"create temp table compared_measures as {_query('compared_measures')}")
    con.execute(f"create temp table dated_events as {_query('dated_events')}", {"known_on": known_on})
    for table in TABLES:
        con.execute(f"create table snapshot.{table} as {_query(table)}")
    said: dict[str, Any] = {"not_compared": why}
    if before is not None:
        is_other = before.mapping_digest != mapping_digest
        said = {"snapshot": before.snapshot, "known_on": known_on, "is_other_mapping": is_other} | _told(con)
    con.execute("drop table dated_events; drop table compared_measures")
    con.execute("detach earlier")
    con.execute("checkpoint snapshot")
    con.execute("detach snapshot")
    return said


def _query(name: str) -> str:
    return (QUERIES / "trust" / f"{name}.sql").read_text("utf-8")


def _attach(con: duckdb.DuckDBPyConnection, name: str, path: Path, how: str = "") -> None:
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name} {how}")


def _attach_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """An empty snapshot as `earlier`: no measure can be compared with it, so both tables come out empty."""
    con.execute("attach ':memory:' as earlier")
    for table in READ:
        con.execute(f"create table earlier.{table} as from snapshot.{table} limit 0")


def _told(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What changed, in numbers."""
    query = con.execute(_query("restated"))
    columns = [column[0] for column in query.description or ()]
    return dict(zip(columns, query.fetchall()[0], strict=True))
