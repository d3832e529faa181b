"""Opening a snapshot to read: an in-memory database that knows the macros, with the snapshot attached read-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from leadquality.catalogue import macro_statements
from leadquality.snapshot.manifest import Manifest
from leadquality.snapshot.publish import DATA, Home, NoSnapshot


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open snapshot. Take `cursor()` for each query and close it; `con` itself runs nothing."""

    con: duckdb.DuckDBPyConnection
    manifest: Manifest

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.manifest.as_of)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.con.cursor()


def open_snapshot(home: Home) -> Snapshot:
    """Check the current snapshot against its hashes and open it. Raises NoSnapshot (with the remedy) when there is none.

    After the macros are created the configuration is locked: no file, no network, no extension, no setting.
    """
    folder, manifest = home.verified()
    try:
        return Snapshot(attach(folder / DATA), manifest)
    except duckdb.CatalogException as error:
        raise NoSnapshot(
            f"the snapshot {manifest.snapshot} was made by another version of the product ({manifest.product}); "
            "load the extracts again"
        ) from error


def attach(path: Path) -> duckdb.DuckDBPyConnection:
    """The hardened connection of reliability.md 2.1, with the file as catalogue `snapshot`."""
    con = duckdb.connect(
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
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as snapshot (read_only)")
    for statement in macro_statements():
        con.execute(statement)
    con.execute("set global timezone = 'UTC'")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con
