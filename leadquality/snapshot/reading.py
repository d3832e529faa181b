"""Opening a snapshot to read: an in-memory database that knows the macros, with the snapshot attached read-only."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb

from leadquality.catalogue import macro_statements
from leadquality.contracts import POOLED_AS
from leadquality.snapshot.manifest import Manifest
from leadquality.snapshot.publish import DATA, Home, NoSnapshot

LOCK = threading.Lock()
CHANNELLED = ("fact_", "dims", "unit_states")
"""Beginnings of the names of tables whose channel is that of their leads, or of what was spent on them."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open snapshot. Take `cursor()` for each query and close it; `con` itself runs nothing."""

    con: duckdb.DuckDBPyConnection
    manifest: Manifest
    path: Path

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.manifest.as_of)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.con.cursor()

    def pooled_cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of the same snapshot in which every lead is of one channel (attach_pooled), opened when first asked for."""
        with LOCK:
            return _pooled(self.path).cursor()


def open_snapshot(home: Home) -> Snapshot:
    """Check the current snapshot against its hashes and open it. Raises NoSnapshot (with the remedy) when there is none.

    After the macros are created the configuration is locked: no file, no network, no extension, no setting.
    """
    folder, manifest = home.verified()
    try:
        return Snapshot(attach(folder / DATA), manifest, folder / DATA)
    except duckdb.CatalogException as error:
        raise NoSnapshot(
            f"the snapshot {manifest.snapshot} was made by another version of the product ({manifest.product}); "
            "load the extracts again"
        ) from error


def attach(path: Path) -> duckdb.DuckDBPyConnection:
    """The hardened connection of reliability.md 2.1, with the file as catalogue `snapshot`."""
    con = _connection()
    con.execute(f"attach '{_quoted(path)}' as snapshot (read_only)")
    return _locked(con)


def attach_pooled(path: Path) -> duckdb.DuckDBPyConnection:
    """The same, with views over the file as schema `snapshot` in which all leads, and what was spent on them, are of the channel
    POOLED_AS; what hangs on no lead belongs to it too. Every query runs on it unchanged."""
    con = _connection()
    con.execute(f"attach '{_quoted(path)}' as recorded (read_only)")
    con.execute("create schema snapshot")
    tables = con.sql(
        "select table_name, bool_or(column_name = 'channel') from duckdb_columns() where database_name = 'recorded' group by table_name"
    ).fetchall()
    for name, has_channel in sorted(tables):
        told = f" replace ('{POOLED_AS}' as channel)" if has_channel and name.startswith(CHANNELLED) else ""
        # The settings are read in the order of their rows, which a view does not know.
        kind = "table" if name == "settings" else "view"
        con.execute(f"create {kind} snapshot.{name} as select *{told} from recorded.{name}")
    return _locked(con, f"create or replace macro unknown_channel() as '{POOLED_AS}'")


@lru_cache(maxsize=2)
def _pooled(path: Path) -> duckdb.DuckDBPyConnection:
    return attach_pooled(path)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "python_enable_replacements": "false",
            "memory_limit": "2GB",
        },
    )


def _locked(con: duckdb.DuckDBPyConnection, *last: str) -> duckdb.DuckDBPyConnection:
    """The connection with all macros, after which nothing of it can be set any more."""
    for statement in (*macro_statements(), *last):
        con.execute(statement)
    con.execute("set global timezone = 'UTC'")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con
