"""A first look at a file: its header and a few rows, without judging it yet."""

from __future__ import annotations

import csv
import io
import os
import stat
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from leadquality.contracts import InputRefused
from leadquality.formats import (
    ROWS,
    Asked,
    Ignored,
    Reader,
    Unreadable,
    is_wrapped,
    opened,
    passed_over,
    read_apart,
)
from leadquality.intake.declared import Read

PLAIN: Final = (".csv", ".tsv", ".txt")
"""Files that mostly show their header on the first line: looked at here, and by the room of formats only if they do not."""
ENDINGS: Final = (*PLAIN, ".csv.gz", ".csv.zst", ".xlsx", ".parquet", ".xls", ".xlsm", ".xlsb", ".ods")
DELIMITERS: Final = (",", ";", "\t", "|")
HEAD_BYTES: Final = 1 << 20
SAMPLE_ROWS: Final = 100
NOBODYS: Final = "no known table has these columns"
NO_TABLE: Final = {"NO_HEADER", "NOT_TABULAR", "NO_ROWS", "EMPTY", "TYPE", "MACRO", "TEMPORARY", "NOT_QUIET"}
"""Codes that say: this is no table that anybody would miss. All others say that one cannot be read."""


@dataclass(frozen=True, slots=True)
class Look:
    """The head of a file. header and sample are empty when `problem` says why it cannot be read as a table.

    is_damaged: it may well be a table, and somebody must say what is to become of it; code: the kind of the problem.
    encoding and delimiter: as it was read ('' for a workbook and the like); declared: what a person said of its reading.
    """

    file: str
    wrapped: bool
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    problem: str = ""
    is_damaged: bool = False
    code: str = ""
    encoding: str = ""
    delimiter: str = ""
    declared: Read | None = None

    def values(self, column: str) -> list[str]:
        """The sampled values of a column, blanks left out."""
        place = self.header.index(column)
        return [row[place] for row in self.sample if len(row) > place and row[place].strip()]


def tables(folder: Path) -> list[str]:
    """Names of the files in a folder that may hold a table, in order. Raises InputRefused when there is no folder."""
    if not folder.is_dir():
        raise InputRefused(f"{folder}: no such folder; give the folder that holds the extracts")
    paths = sorted(path for path in folder.iterdir() if path.name.lower().endswith(ENDINGS))
    return [path.name for path in paths if passed_over(path, 0) is None]


def look(path: Path, known: Collection[str], read: Reader = read_apart, declared: Read | None = None) -> Look:
    """Look at a file. known: column names by which its header is found; read: how the room of formats reads it; declared:
    what a person said of its encoding and of the line of its header."""
    quick = _quick(path, known) if declared is None and path.name.lower().endswith(PLAIN) else None
    return quick or _thorough(path, known, read, declared)


def _quick(path: Path, known: Collection[str]) -> Look | None:
    """The look at a plain file whose first line is a header with a known name; None for every other."""
    try:
        head = _head(path)
    except (OSError, ValueError):
        return None
    lines = head.splitlines()
    first = next((line for line in lines if line.strip()), "")
    wrapped = is_wrapped(first)
    if wrapped:
        head = "\n".join(line[1:-1].replace('""', '"') for line in lines)
        first = first[1:-1].replace('""', '"')
    wanted = {fold_name(name) for name in known}

    def fit(delimiter: str) -> tuple[int, int]:
        names = next(csv.reader([first], delimiter=delimiter), [])
        return sum(fold_name(name) in wanted for name in names), len(names)

    delimiter = max(DELIMITERS, key=fit)
    if fit(delimiter)[0] == 0:
        return None
    try:
        rows = [row for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if row]
    except csv.Error:
        return None
    if len(rows[0]) < 2:
        return None
    cut_off = len(head) >= HEAD_BYTES
    sample = rows[1 : len(rows) - cut_off][:SAMPLE_ROWS]
    header = tuple(name.strip() for name in rows[0])
    return Look(path.name, wrapped, header, tuple(map(tuple, sample)), encoding="utf-8", delimiter=delimiter)


def _head(path: Path) -> str:
    """The first megabyte of a regular file as text. Raises OSError or ValueError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        head = file.read(HEAD_BYTES)
    text = head.decode("utf-8-sig", errors="ignore" if len(head) == HEAD_BYTES else "strict")
    if "\0" in text:
        raise ValueError("it holds NUL bytes")
    return text


def _thorough(path: Path, known: Collection[str], read: Reader, declared: Read | None) -> Look:
    """The look of the room of formats: the file is read once in a process of its own, whatever its kind."""
    told = declared or Read()
    asked = Asked(
        tuple(known),
        told.encoding,
        head_lines=told.head_lines,
        foot_lines=told.foot_lines,
        sheet=told.sheet,
    )
    try:
        with tempfile.TemporaryDirectory() as place, opened(path, asked.limits) as file:
            reading = read(file, asked, Path(place))
            rows = pl.read_parquet(Path(place) / ROWS, n_rows=SAMPLE_ROWS) if reading.rows else pl.DataFrame()
    except (Unreadable, Ignored) as refusal:
        nobodys = refusal.code == "NO_HEADER"
        return Look(
            path.name,
            False,
            (),
            (),
            NOBODYS if nobodys else refusal.what,
            refusal.code not in NO_TABLE,
            refusal.code,
            declared=declared,
        )
    columns = [f"c{place}" for place, name in enumerate(reading.header) if name]
    sample = rows.select(pl.col(columns).cast(pl.String).fill_null("")).rows() if rows.height else []
    return Look(
        path.name,
        False,
        tuple(name for name in reading.header if name),
        tuple(sample),
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        declared=declared,
    )


def fold_name(name: str) -> str:
    """A column name as it is compared: without case and surrounding space."""
    return name.strip().casefold()
