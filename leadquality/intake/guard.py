"""The guard: looks at a file before any parser does, and refuses what is no table, with a remedy."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from leadquality.contracts import InputRefused

PIECE = 1 << 20
HEADER_LIMIT = 1 << 20
FOREIGN = {
    b"PK\x03\x04": "a workbook or zip archive; save the sheet as CSV",
    b"PAR1": "a Parquet file; export it as CSV",
    b"%PDF": "a PDF; export the table as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV",
    b"\xff\xfe": "UTF-16 text; save it as CSV UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as CSV UTF-8",
}
GZIP = b"\x1f\x8b"
MARKUP = (b"<", b"{", b"[")


@dataclass(frozen=True, slots=True)
class Table:
    """A file that may be parsed: its header, and what the manifest records of it. newlines counts LF bytes."""

    path: Path
    header: tuple[str, ...]
    sha256: str
    size: int
    newlines: int


def guard(path: Path, delimiter: str) -> Table:
    """Check one CSV file (or .csv.gz). Raises InputRefused: file, line, value, remedy."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise InputRefused(
            f"{path.name}: cannot be opened ({error.strerror}); check the path and its permissions"
        ) from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise InputRefused(f"{path.name}: not a regular file; give a CSV file")
    with os.fdopen(descriptor, "rb") as file:
        if state.st_size == 0:
            raise InputRefused(f"{path.name}: the file is empty; export it again")
        sha256, newlines, head = _walk(path, file)
    header = _header(path, head, delimiter)
    return Table(path, header, sha256, state.st_size, newlines)


def _walk(path: Path, file: IO[bytes]) -> tuple[str, int, bytes]:
    """Read the file once in pieces: hash of its bytes, LF bytes of its text, and the first megabyte."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines = 0
    head = b""
    while piece := file.read(PIECE):
        digest.update(piece)
        head = head or piece
    file.seek(0)
    if head.startswith(GZIP) and path.suffix != ".gz":
        raise InputRefused(f"{path.name}: gzip data; rename the file to {path.name}.gz")
    text: IO[bytes] = gzip.open(file) if head.startswith(GZIP) else file  # type: ignore[assignment]  # noqa: SIM115
    head = b""
    try:
        while piece := text.read(PIECE):
            if not head:
                head = piece
                _refuse_foreign(path, head)
            line = 1 + newlines
            if b"\0" in piece:
                line += piece.count(b"\n", 0, piece.index(b"\0"))
                raise InputRefused(
                    f"{path.name}, line {line}: holds a NUL byte, so it is no text table; export it as CSV UTF-8"
                )
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                line += piece.count(b"\n", 0, error.start)
                raise InputRefused(
                    f"{path.name}, line {line}: byte {piece[error.start : error.start + 1].hex()} is not UTF-8; save it as CSV UTF-8"
                ) from error
            newlines += piece.count(b"\n")
        decoder.decode(b"", final=True)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputRefused(f"{path.name}: the file is damaged or cut off; export it again") from error
    if not head.strip():
        raise InputRefused(f"{path.name}: the file holds no text; export it again")
    return digest.hexdigest(), newlines, head


def _refuse_foreign(path: Path, head: bytes) -> None:
    for magic, what in FOREIGN.items():
        if head.startswith(magic):
            raise InputRefused(f"{path.name}: not a CSV file but {what}")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(MARKUP):
        raise InputRefused(f"{path.name}: not a table (it looks like HTML, XML or JSON); export it as CSV")


def _header(path: Path, head: bytes, delimiter: str) -> tuple[str, ...]:
    """The column names of the first line."""
    text = head[:HEADER_LIMIT].decode("utf-8-sig", errors="ignore")
    try:
        names = tuple(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))
    except csv.Error as error:
        raise InputRefused(
            f"{path.name}, line 1: not readable as a header ({error}); save the file as CSV UTF-8"
        ) from error
    if len(names) < 2:
        other = next((mark for mark in ";\t|," if mark != delimiter and mark in "".join(names)), None)
        remedy = (
            f"its delimiter may be {other!r}: say so in the mapping"
            if other
            else "a table needs a header of two columns"
        )
        raise InputRefused(
            f"{path.name}, line 1: one column only ({'' if not names else names[0][:60]!r}); {remedy}"
        )
    folded = [name.strip().lower() for name in names]
    twice = [name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1]
    if twice:
        raise InputRefused(
            f"{path.name}, line 1: column {twice[0]!r} stands twice (case does not count); rename one of the two"
        )
    if blank := [place for place, name in enumerate(names, start=1) if not name.strip()]:
        raise InputRefused(f"{path.name}, line 1: column {blank[0]} has no name; name it or remove it")
    return names
