"""Load: files -> staging -> facts -> counts -> one published snapshot, or a refusal that changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb

from leadquality import __version__
from leadquality.catalogue import definitions_hash
from leadquality.contracts import ROOT, InputRefused
from leadquality.intake import accounts_of, read_mapping, stage
from leadquality.snapshot import Home, Manifest, build, publish
from leadquality.snapshot.publish import BUILDING, DATA

DEFAULT_MAPPING = ROOT / "data" / "mappings" / "own_columns.toml"


def mapping_for(folder: Path, mapping: Path | None) -> Path:
    """The mapping file in force: the one given, else `mapping.toml` in the folder, else our own column names."""
    if mapping is not None:
        return mapping
    beside = folder / "mapping.toml"
    return beside if beside.is_file() else DEFAULT_MAPPING


def load(
    home: Home,
    folder: Path,
    mapping: Path | None = None,
    as_of: date | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Load a folder of extracts and publish it. `report` is told each step; whatever it raises stops the load.

    Raises InputRefused when the input cannot be used; the previous snapshot then stays current.
    """
    rules = read_mapping(mapping_for(folder, mapping))
    with home.locked():
        building = home.snapshots / f"{BUILDING}{id(rules):x}"
        building.mkdir()
        con = duckdb.connect(str(building / "work.duckdb"))
        try:
            con.execute("set temp_directory = ?", [str(building / "spill")])
            con.execute("set autoinstall_known_extensions = false")
            con.execute("set autoload_known_extensions = false")
            staged = stage(con, folder, rules, as_of, report)
            accounts = accounts_of(con, [name for name in staged.extracts if name in staged.given])
            findings = build(con, building / DATA, staged.as_of, list(staged.extracts), report)
            con.close()
            for left_over in ("work.duckdb", "work.duckdb.wal"):
                (building / left_over).unlink(missing_ok=True)
            shutil.rmtree(building / "spill", ignore_errors=True)
            manifest = Manifest(
                snapshot="",
                as_of=staged.as_of.isoformat(),
                zone=rules.zone,
                product=__version__,
                engine=f"duckdb {duckdb.__version__}",
                definitions=definitions_hash(),
                mapping=rules.name,
                mapping_digest=rules.digest,
                given=sorted(staged.given),
                files={name: {"sha256": table.sha256, "size": table.size} for name, table in sorted(staged.tables.items())},
                tables={name: asdict(account) for name, account in accounts.items()},
                findings=findings,
            )
            return publish(home, building, manifest, report)
        except duckdb.Error as error:
            raise _translated(error) from error
        finally:
            con.close()
            shutil.rmtree(building, ignore_errors=True)


def _translated(error: duckdb.Error) -> Exception:
    """An engine message in plain words where the input or the machine is at fault; else the error itself."""
    text = str(error)
    if "No space left on device" in text:
        return InputRefused("the disk is full; free space and load again (the previous snapshot is still served)")
    return error
