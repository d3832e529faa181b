"""A first look at a file: its header, how its fields are parted, and a few rows, without judging it yet."""

from __future__ import annotations

import csv
import gzip
import io
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadquality.contracts import InputRefused
from leadquality.formats import is_wrapped

ENDINGS: Final = (".csv", ".csv.gz", ".tsv", ".txt")
DELIMITERS: Final = (",", ";", "\t", "|")
HEAD_BYTES: Final = 1 << 20
SAMPLE_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Look:
    """The head of a file. header and sample are empty when `problem` says why it cannot be read as a table."""

    file: str
    delimiter: str
    wrapped: bool
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    problem: str = ""

    def values(self, column: str) -> list[str]:
        """The sampled values of a column, blanks left out."""
        place = self.header.index(column)
        return [row[place] for row in self.sample if len(row) > place and row[place].strip()]


def tables(folder: Path) -> list[str]:
    """Names of the files in a folder that may hold a table, in order. Raises InputRefused when there is no folder."""
    if not folder.is_dir():
        raise InputRefused(f"{folder}: no such folder; give the folder that holds the extracts")
    names = sorted(path.name for path in folder.iterdir() if path.name.lower().endswith(ENDINGS))
    return [name for name in names if not name.startswith((".", "~"))]


def look(path: Path, known: Iterable[str]) -> Look:
    """Look at the first megabyte. known: column names, folded, by which the delimiter is chosen."""
    try:
        head = _head(path)
    except (OSError, EOFError, ValueError) as error:
        return Look(path.name, ",", False, (), (), f"cannot be read ({error})")
    lines = head.splitlines()
    first = next((line for line in lines if line.strip()), "")
    wrapped = is_wrapped(first)
    if wrapped:
        head = "\n".join(line[1:-1].replace('""', '"') for line in lines)
        first = first[1:-1].replace('""', '"')
    wanted = set(known)

    def fit(delimiter: str) -> tuple[int, int]:
        names = next(csv.reader([first], delimiter=delimiter), [])
        return sum(fold_name(name) in wanted for name in names), len(names)

    delimiter = max(DELIMITERS, key=fit)
    try:
        rows = [row for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if row]
    except csv.Error as error:
        return Look(path.name, delimiter, wrapped, (), (), f"is no table ({error})")
    if not rows or len(rows[0]) < 2:
        return Look(path.name, delimiter, wrapped, (), (), "has one column only, so it is no table")
    cut_off = len(head) >= HEAD_BYTES
    sample = rows[1 : len(rows) - cut_off][:SAMPLE_ROWS]
    return Look(path.name, delimiter, wrapped, tuple(rows[0]), tuple(map(tuple, sample)))


def fold_name(name: str) -> str:
    """A column name as it is compared: without case and surrounding space."""
    return name.strip().casefold()


def _head(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        text = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        head = text.read(HEAD_BYTES)
    if b"\0" in head:
        raise ValueError("it holds NUL bytes")
    return head.decode("utf-8-sig", errors="replace")
