"""Deliveries: what is added to the last snapshot gives the same as a full load of all folders in their order."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadquality.contracts import ROOT, InputRefused
from leadquality.load import load
from leadquality.sample import write_sample
from leadquality.snapshot import Home, Manifest, open_snapshot

OWN = (ROOT / "data" / "mappings" / "own_columns.toml").read_text("utf-8")
MERGING = OWN.replace('same_contact = "report"', 'same_contact = "merge"').replace(
    'orphan_calls = "keep"', 'orphan_calls = "exclude"'
)


def delivery(folder: Path, mapping: str = OWN, **files: str) -> Path:
    """A folder with these files: lines parted by blanks, the header first."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text("\n".join(text.split()) + "\n", "utf-8")
    (folder / "mapping.toml").write_text(mapping, "utf-8")
    return folder


def kept(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the snapshot, as a set."""
    snapshot = open_snapshot(home)
    names = snapshot.con.sql(
        "select table_name from duckdb_tables() where database_name = 'snapshot'"
    ).fetchall()
    tables = {name: snapshot.con.sql(f"from snapshot.{name} order by all").fetchall() for (name,) in names}
    snapshot.con.close()
    return tables


def by_inputs(manifest: Manifest) -> Manifest:
    """The manifest without the hashes of the databases, in which rows may stand in another order."""
    return replace(manifest, snapshot="", data_sha256="", rows_sha256="")


def added(tmp_path: Path, first: Path, *more: Path) -> Home:
    """The home to which the deliveries were added one by one, after it was seen that a full load says the same."""
    one, all_ = Home(tmp_path / "one by one"), Home(tmp_path / "all")
    manifest = load(one, first)
    for folder in more:
        manifest = load(one, folder, add=True)
    whole = load(all_, [first, *more])
    tables, full = kept(one), kept(all_)
    assert tables.keys() == full.keys()
    for name, rows in full.items():
        assert tables[name] == rows, name
    assert by_inputs(manifest) == by_inputs(whole)
    return one


def rows(home: Home, statement: str) -> list[tuple[Any, ...]]:
    snapshot = open_snapshot(home)
    found = snapshot.cursor().sql(statement).fetchall()
    snapshot.con.close()
    return found


def account(home: Home, extract: str) -> dict[str, Any]:
    table = home.verified()[1].tables[extract]
    return {name: table[name] for name in ("used", "merged", "excluded", "rejected")} | table["reasons"]


def dealt(source: Path, folders: list[Path], seed: int) -> None:
    """Deal the rows of all extracts out at random; some come again unchanged, some corrected, some damaged."""
    chance = random.Random(seed)
    for folder in folders:
        folder.mkdir()
    for file in sorted(source.glob("*.csv")):
        header, *lines = csv.reader(file.open(encoding="utf-8", newline=""))
        hands: list[list[list[str]]] = [[header] for _ in folders]
        for line in lines[:400]:
            place = 0 if chance.random() < 0.7 else chance.randrange(len(folders))
            hands[place].append(line)
            luck = chance.random()
            if place + 1 < len(folders) and luck < 0.2:
                again = chance.randrange(place + 1, len(folders))
                hands[again].append(line if luck < 0.07 else _corrected(line, chance))
        for folder, hand in zip(folders, hands, strict=True):
            with (folder / file.name).open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows(hand)


def _corrected(line: list[str], chance: random.Random) -> list[str]:
    """A row that says something else in one of its columns: nothing, what another row may say, or nonsense."""
    column = chance.randrange(1, len(line))
    value = chance.choice(["", line[column][:-1], "nonsense", "2026-01-05T10:00:00Z", "true"])
    return [*line[:column], value, *line[column + 1 :]]


def test_the_sample_in_three_deliveries_is_the_sample_in_one_load(tmp_path):
    write_sample(tmp_path / "sample", 7, 500)
    folders = [tmp_path / name for name in ("first", "second", "third")]
    dealt(tmp_path / "sample", folders, seed=7)
    shutil.copy(ROOT / "data" / "sample" / "mapping.toml", folders[0])
    home = added(tmp_path, *folders)
    reasons = account(home, "leads") | account(home, "calls")
    assert {"OLDER_VERSION", "DUPLICATE_EXACT", "SAME_CONTACT", "LEAD_NOT_FOUND"} <= reasons.keys()
