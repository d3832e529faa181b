"""What lies in a folder: files that may be tables, and everything else with the reason why it is not read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from leadquality.contracts import InputRefused
from leadquality.formats import passed_over, shown
from leadquality.words import count

PLAIN: Final = (".csv", ".tsv", ".txt")
"""Files that mostly show their header on the first line."""
PACKED: Final = tuple(f"{ending}.gz" for ending in PLAIN)
ENDINGS: Final = (
    *PLAIN, *PACKED, *(f"{ending}.zst" for ending in PLAIN), ".xlsx", ".parquet", ".xls", ".xlsm", ".xlsb", ".ods",
)  # fmt: skip
ARCHIVES: Final = (".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz")
OURS: Final = ".toml"
"""Mapping and settings: they lie beside the extracts and are none."""
SHOWN: Final = 2
WALKED: Final = 10_000
"""So many entries of a folder inside the folder are looked at."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Files that are not used: why, and what to do. is_open: it is a table that somebody may want."""

    files: tuple[str, ...]
    reason: str
    remedy: str
    is_open: bool = False

    @property
    def file(self) -> str:
        """The one file that this is about; '' for several."""
        return self.files[0] if len(self.files) == 1 else ""

    @property
    def named(self) -> str:
        """The name of the file; of several the first, and how many more."""
        few = ", ".join(self.files[:SHOWN])
        return f"{few} and {count(len(self.files) - SHOWN)} more" if len(self.files) > SHOWN else few

    def but(self, is_said: Callable[[str], bool]) -> Unread:
        """The same without the files of which somebody spoke."""
        return replace(self, files=tuple(file for file in self.files if not is_said(file)))

    def __str__(self) -> str:
        return f"{self.named}: {self.reason}. {self.remedy}"

    def as_json(self) -> dict[str, Any]:
        return {"files": [*self.files], "reason": self.reason, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class Listing:
    """tables: names of the files that may hold a table; foreign: of those whose name promises none; unread: everything else."""

    folder: Path
    tables: tuple[str, ...]
    foreign: tuple[str, ...]
    unread: tuple[Unread, ...]


def listed(folder: Path) -> Listing:
    """Look at the entries of a folder, by their names and kinds alone. Raises InputRefused when there is no folder."""
    if not folder.is_dir():
        raise InputRefused(f"{folder}: no such folder; give the folder that holds the extracts")
    kinds: dict[str, list[str]] = {}
    tables: list[str] = []
    unread: list[Unread] = []
    for path in sorted(folder.iterdir()):
        name, kind = path.name, _kind(path)
        if kind == "table":
            tables.append(name)
        elif kind == "folder":
            unread += _inside(path, kinds)
        else:
            kinds.setdefault(kind, []).append(name)
    foreign = kinds.pop("foreign", [])
    kinds.pop("ours", None)
    unread += [Unread(tuple(map(shown, names)), *WHY[kind]) for kind, names in kinds.items()]
    return Listing(folder, tuple(tables), tuple(foreign), tuple(unread))


WHY: Final = {
    "temporary": ("temporary or unfinished", "Give the finished file."),
    "link": ("a symbolic link, not a file", "Check the path, and put the file itself into the folder."),
    "special": ("not a regular file", "Put a regular file into the folder."),
    "archive": ("an archive", "Unpack it into the folder."),
    "no name": ("its name is not UTF-8, so that no mapping can name it", "Rename it, with plain letters."),
    "no tables": ("a folder without tables inside the folder", "Nothing to do."),
}


def _kind(path: Path) -> str:
    """What an entry is, without opening it."""
    low = path.name.lower()
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "special"
    if stat.S_ISDIR(mode):
        return "ours" if (path / "snapshots").is_dir() else "folder"
    if passed_over(path, 0) is not None:
        return "temporary"
    if stat.S_ISLNK(mode):
        return "link"
    if not stat.S_ISREG(mode):
        return "special"
    if low.endswith(OURS):
        return "ours"
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return "no name"
    if low.endswith(ENDINGS):
        return "table"
    return "archive" if low.endswith(ARCHIVES) else "foreign"


def _inside(folder: Path, kinds: dict[str, list[str]]) -> Iterator[Unread]:
    """A folder inside the folder, by the tables in it."""
    found = [shown(name) for name in islice(_walked(folder), WALKED) if name.lower().endswith(ENDINGS)]
    name = f"{shown(folder.name)}/"
    if not found:
        kinds.setdefault("no tables", []).append(name)
        return
    inner = Unread(tuple(found), "", "").named
    yield Unread(
        (name,),
        f"a folder inside the folder, of which no file is read ({count(len(found))} may be tables: {inner})",
        "Move its files up, or load it as a folder of its own.",
    )


def _walked(folder: Path) -> Iterator[str]:
    for _, folders, names in os.walk(folder):
        folders.sort()
        yield from sorted(names)


def tables(folder: Path) -> list[str]:
    """Names of the files in a folder that may hold a table, in order. Raises InputRefused when there is no folder."""
    return list(listed(folder).tables)


def no_tables(names: Collection[str]) -> Iterable[Unread]:
    """Files that are no tables, told once."""
    if names:
        yield Unread(
            tuple(map(shown, names)),
            "no table" if len(names) == 1 else f"{count(len(names))} files that are no tables",
            "Nothing to do, unless one holds an extract: export it as CSV, .xlsx or Parquet.",
        )
