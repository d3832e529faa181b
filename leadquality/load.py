"""Load: files -> staging -> facts -> counts -> one published snapshot, or a refusal that changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from leadquality import __version__
from leadquality.catalogue import definitions_hash
from leadquality.contracts import ROOT
from leadquality.intake import accounts_of, read_mapping, stage
from leadquality.settings import read_settings, setting_rows
from leadquality.snapshot import ENGINE, Home, Manifest, build, publish, workspace
from leadquality.snapshot.publish import BUILDING, DATA

DEFAULT_MAPPING = ROOT / "data" / "mappings" / "own_columns.toml"


def mapping_for(folder: Path, mapping: Path | None) -> Path:
    """The mapping file in force: the one given, else `mapping.toml` in the folder, else our own column names."""
    if mapping is not None:
        return mapping
    beside = folder / "mapping.toml"
    return beside if beside.is_file() else DEFAULT_MAPPING


def settings_for(home: Home, settings: Path | None) -> Path | None:
    """The settings file in force: the one given, else leadquality.toml in the home folder, else None (the defaults)."""
    beside = home.path / "leadquality.toml"
    return settings or (beside if beside.is_file() else None)


def load(
    home: Home,
    folder: Path,
    mapping: Path | None = None,
    as_of: date | None = None,
    settings: Path | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Load a folder of extracts and publish it. `report` is told each step; whatever it raises stops the load.

    Raises InputRefused when the input cannot be used; the previous snapshot then stays current.
    """
    rules = read_mapping(mapping_for(folder, mapping))
    decided, settings_digest = read_settings(settings_for(home, settings))
    with home.locked():
        building = home.snapshots / f"{BUILDING}{id(rules):x}"
        building.mkdir()
        try:
            with workspace(building) as con:
                staged = stage(con, folder, rules, as_of, report)
                accounts = accounts_of(con, [name for name in staged.extracts if name in staged.given])
                extracts = list(staged.extracts)
                findings = build(con, building / DATA, staged.as_of, extracts, setting_rows(decided), report)
            for left_over in ("work.duckdb", "work.duckdb.wal"):
                (building / left_over).unlink(missing_ok=True)
            shutil.rmtree(building / "spill", ignore_errors=True)
            manifest = Manifest(
                snapshot="",
                as_of=staged.as_of.isoformat(),
                zone=rules.zone,
                product=__version__,
                engine=ENGINE,
                definitions=definitions_hash(),
                mapping=rules.name,
                mapping_digest=rules.digest,
                settings_digest=settings_digest,
                given=sorted(staged.given),
                files={
                    name: {"sha256": table.sha256, "size": table.size}
                    for name, table in sorted(staged.tables.items())
                },
                tables={name: asdict(account) for name, account in accounts.items()},
                findings=findings,
            )
            return publish(home, building, manifest, report)
        finally:
            shutil.rmtree(building, ignore_errors=True)
