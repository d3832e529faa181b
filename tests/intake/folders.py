"""A folder of files told in the test, loaded, and asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadquality.load import load
from leadquality.snapshot import Home, Manifest, open_snapshot

RULES = '[channel]\nrules = [{ id = "said", channel = "inbound", when = { channel = ["inbound"] } }]\n'
LEADS = "lead_id,created_at,channel\nL1,2025-01-01,inbound\nL2,2025-01-02,inbound\nL3,2025-01-03,inbound\n"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A snapshot, its manifest and the mapping beside it."""

    manifest: Manifest
    home: Home
    mapping: str

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        snapshot = open_snapshot(self.home)
        try:
            return snapshot.cursor().sql(statement).fetchall()
        finally:
            snapshot.con.close()

    def used(self) -> dict[str, int]:
        return {name: table["used"] for name, table in self.manifest.tables.items()}

    def reasons(self, extract: str) -> dict[str, int]:
        return self.manifest.tables[extract]["reasons"]


def told(folder: Path, **files: str) -> Path:
    """Write files, `leads="..."` as leads.csv; dashes in a name are written as two underscores."""
    for name, text in files.items():
        (folder / f"{name.replace('__', '-')}.csv").write_text(text, "utf-8")
    return folder


def loaded(folder: Path, mapping: str | None = None, **files: str) -> Loaded:
    """Write the files (and mapping.toml), load the folder by `load DIR` alone."""
    told(folder, **files)
    if mapping is not None:
        (folder / "mapping.toml").write_text(mapping, "utf-8")
    home = Home(folder / "home")
    manifest = load(home, folder, confirmed=True)  # some tests load one folder twice, with fewer files
    beside = home.snapshots / manifest.snapshot / "mapping.toml"
    return Loaded(manifest, home, beside.read_text("utf-8"))
