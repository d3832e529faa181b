"""A first look at a file: its header and a few rows, without judging it yet."""

from __future__ import annotations

import codecs
import csv
import io
import os
import stat
import tempfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

from leadquality.formats import (
    ROWS,
    Asked,
    Header,
    Ignored,
    Reader,
    Unreadable,
    is_wrapped,
    kind_of,
    opened,
    place,
    read_apart,
    refuse_what_is_no_table,
    refused,
)
from leadquality.intake.declared import Read
from leadquality.intake.folder import PACKED, PLAIN

HEAD_BYTES: Final = 1 << 16
MORE_BYTES: Final = 1 << 20
PEEKED_BYTES: Final = 1 << 12
SAMPLE_ROWS: Final = 100
NOBODYS: Final = "no known table has these columns"
NO_TABLE: Final = {
    "NO_HEADER", "NO_NAMES", "NOT_TABULAR", "NO_ROWS", "EMPTY", "TYPE", "MACRO", "TEMPORARY", "NOT_QUIET",
}  # fmt: skip
"""Codes that say: this is no table that anybody would miss. All others say that one cannot be read."""
GZIP: Final = 31
"""The window that zlib wants for the head of a gzip file."""


@dataclass(frozen=True, slots=True)
class Look:
    """The head of a file. header and sample are empty when `problem` says why it cannot be read as a table; the header may be known
    all the same.

    is_damaged: it may well be a table, and somebody must say what is to become of it; code and line: the kind of the problem, and
    where it stands.
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
    line: int | None = None

    @property
    def unnamed(self) -> str:
        """That the file has no header, where somebody said so."""
        is_unnamed = self.declared is not None and not self.declared.header
        return (
            ", without a header (add a first line with the column names, or map its columns)"
            if is_unnamed
            else ""
        )

    def values(self, column: str) -> list[str]:
        """The sampled values of a column, blanks left out."""
        place = self.header.index(column)
        return [row[place] for row in self.sample if len(row) > place and row[place].strip()]


def look(
    path: Path,
    known: Collection[str],
    read: Reader = read_apart,
    declared: Read | None = None,
    *,
    may_read: Callable[[], bool] | bool = True,
) -> Look:
    """Look at a file. known: column names by which its header is found; read: how the room of formats reads it; declared:
    what a person said of its encoding and of the line of its header; may_read: whether it may be read as a whole, where its head does
    not tell enough."""
    low, known = path.name.lower(), tuple(known)
    names: tuple[str, ...] = ()
    if low.endswith((*PLAIN, *PACKED)):
        found = _quick(path, known, declared)
        if isinstance(found, Look):
            return found
        names = found
    if not (may_read if isinstance(may_read, bool) else may_read()):
        what = "not looked into, because many such files lie here"
        return Look(path.name, False, names, (), what, declared=declared)
    told = declared or Read()
    asked = Asked(
        known,
        encoding=told.encoding,
        head_lines=told.head_lines,
        foot_lines=told.foot_lines,
        sheet=told.sheet,
        header=told.header,
    )
    state = path.lstat() if os.path.lexists(path) else None
    seen = _thorough(path, asked, read, (state.st_size, state.st_mtime_ns) if state else None)
    return replace(seen, header=names if seen.problem else seen.header, declared=declared)


def _quick(path: Path, known: tuple[str, ...], declared: Read | None) -> Look | tuple[str, ...]:
    """The look at the head of a text file. Where that does not tell, the names in its header, as far as they can be read."""
    told = declared or Read()
    if told.encoding is not None:
        return ()
    asked = Asked(known, head_lines=told.head_lines, header=told.header)
    text = ""
    names: tuple[str, ...] = ()
    try:
        for size in (HEAD_BYTES, MORE_BYTES):
            raw, is_whole = _head(path, size)
            text = _text(path.name, raw, is_whole)
            if not text.strip() or "\0" in text:
                return _names(text.replace("\0", ""), asked)
            wrapped = is_wrapped(text.partition("\n")[0])
            if wrapped:
                text = "\n".join(line[1:-1].replace('""', '"') for line in text.splitlines())
            header = place(text, asked)
            names = refused(header, asked)
            rows = _rows(text, header, is_whole)
            if is_whole or len(rows) >= SAMPLE_ROWS:
                break
    except UnicodeDecodeError:
        return _names(raw.decode("latin-1"), asked)
    except (OSError, ValueError, zlib.error):
        return ()
    except Unreadable as refusal:
        seen = _problem(path, refusal)
        if (
            refusal.code == "TOO_MANY_COLUMNS" and not is_whole
        ):  # there may be more of them than the head holds
            seen = replace(seen, problem=f"more than {seen.problem}")
        return replace(
            seen, header=_names(text, asked) if refusal.code != "NO_NAMES" else (), declared=declared
        )
    named = [at for at, name in enumerate(names) if name]
    if any(cell.strip() for row in rows for at, cell in enumerate(row) if at >= len(names) or not names[at]):
        return names  # values under no name: all of the file says what they are
    return Look(
        path.name,
        wrapped,
        tuple(names[at] for at in named),
        tuple(tuple(row[at] for at in named if at < len(row)) for row in rows),
        encoding="utf-8",
        delimiter=header.delimiter,
        declared=declared,
    )


def _text(name: str, raw: bytes, is_whole: bool) -> str:
    """The head of a file as text. Raises Unreadable for what is no text, UnicodeDecodeError for what is not UTF-8."""
    if name.lower().endswith(PACKED):
        refuse_what_is_no_table(raw)
    else:
        kind_of(name, raw)
    return codecs.getincrementaldecoder("utf-8-sig")().decode(raw, final=is_whole)


def _problem(path: Path, refusal: Unreadable | Ignored) -> Look:
    """The look at a file that cannot be read as a table."""
    return Look(
        path.name,
        False,
        (),
        (),
        NOBODYS if refusal.code == "NO_HEADER" else refusal.what,
        refusal.code not in NO_TABLE,
        refusal.code,
        line=refusal.line if isinstance(refusal, Unreadable) else None,
    )


def peek(path: Path, known: tuple[str, ...]) -> tuple[str, ...]:
    """The names in the header of a file whose own name promises no table; () for what is no table, or none with a known name."""
    asked = Asked(known)
    try:
        raw, _ = _head(path, PEEKED_BYTES)
        refuse_what_is_no_table(raw)
        return refused(place(raw.decode("utf-8-sig", errors="ignore"), asked), asked)
    except (OSError, ValueError, Unreadable):
        return ()


def _names(text: str, asked: Asked) -> tuple[str, ...]:
    """The names in the header of a text, whatever else is wrong with it."""
    try:
        return tuple(name for cell in place(text, asked).line.cells if (name := cell.strip()))
    except Unreadable:
        return ()


def _rows(text: str, header: Header, is_whole: bool) -> list[list[str]]:
    """The first rows below the header that are not blank; the last of a text that was cut off is none."""
    lines = io.StringIO(text, newline="")
    for _ in range(header.first - 1):
        next(lines, "")
    try:
        rows = [row for row in islice(csv.reader(lines, delimiter=header.delimiter), SAMPLE_ROWS + 1) if row]
    except csv.Error:
        return []
    return rows[: len(rows) if is_whole else -1][:SAMPLE_ROWS]


def _head(path: Path, size: int) -> tuple[bytes, bool]:
    """The first bytes of a regular file, unpacked, and whether they are all. Raises OSError, ValueError or zlib.error."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        head = file.read(size)
        is_whole = not file.read(1)
    if path.name.lower().endswith(PACKED):
        unpacker = zlib.decompressobj(GZIP)
        head = unpacker.decompress(head, size)
        is_whole = unpacker.eof and not unpacker.unconsumed_tail
    return head, is_whole


@lru_cache(maxsize=256)
def _thorough(path: Path, asked: Asked, read: Reader, state: tuple[int, int] | None) -> Look:
    """The look of the room of formats: the file is read once in a process of its own, whatever its kind. state: its size and
    time, for a file that changed is looked at anew."""
    try:
        with tempfile.TemporaryDirectory() as folder, opened(path, asked.limits) as file:
            reading = read(file, asked, Path(folder))
            rows = (
                pl.read_parquet(Path(folder) / ROWS, n_rows=SAMPLE_ROWS) if reading.rows else pl.DataFrame()
            )
    except (Unreadable, Ignored) as refusal:
        return _problem(path, refusal)
    columns = [f"c{at}" for at, name in enumerate(reading.header) if name]
    sample = rows.select(pl.col(columns).cast(pl.String).fill_null("")).rows() if rows.height else []
    return Look(
        path.name,
        False,
        tuple(name for name in reading.header if name),
        tuple(sample),
        encoding=reading.encoding,
        delimiter=reading.delimiter,
    )


def fold_name(name: str) -> str:
    """A column name as it is compared: without case and surrounding space."""
    return name.strip().casefold()
