"""The guard: looks at a file from outside before any parser does, on the open descriptor, and says what kind it is."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from leadquality.formats.contract import Ignored, Limits, Unreadable

PIECE: Final = 1 << 20
MB: Final = 1 << 20

KINDS: Final = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".gz": "gzip",
    ".zst": "zstd",
    ".xlsx": "workbook",
    ".parquet": "parquet",
}
"""What the end of a name promises; .gz and .zst must pack a text file, as in .csv.gz."""

FOREIGN: Final = {
    ".xls": ("TYPE", "an old .xls workbook; save it as .xlsx, or the sheet as CSV"),
    ".xlsm": ("MACRO", "a workbook with macros (.xlsm); save it as .xlsx, which holds none"),
    ".xlsb": ("TYPE", "a binary workbook (.xlsb); save it as .xlsx, or the sheet as CSV"),
    ".ods": ("TYPE", "an OpenDocument sheet (.ods); save it as .xlsx or CSV"),
    ".zip": ("TYPE", "a zip archive; unpack it and give the file that is in it"),
}
MAGIC: Final = {
    b"PK\x03\x04": ("workbook", "an Excel workbook or zip archive", ".xlsx", "save the sheet as CSV"),
    b"PK\x05\x06": ("workbook", "an Excel workbook or zip archive", ".xlsx", "save the sheet as CSV"),
    b"PAR1": ("parquet", "a Parquet file", ".parquet", "export it as CSV"),
    b"PARE": ("parquet", "an encrypted Parquet file", ".parquet", "export it without a key"),
    b"\x1f\x8b": ("gzip", "gzip data", ".csv.gz", "unpack it"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd data", ".csv.zst", "unpack it"),
}
NO_TABLE: Final = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls) or one with a password; save the sheet as CSV",
    b"%PDF": "a PDF; export the table as CSV",
    b"\x89PNG": "a picture; export the table as CSV",
    b"\xff\xd8\xff": "a picture; export the table as CSV",
    b"GIF8": "a picture; export the table as CSV",
    b"version https://git-lfs": "a large-file pointer of one column, not the data; fetch the file itself (git lfs pull)",
}
TEMPORARY: Final = (".part", ".tmp", ".swp", ".crdownload")
TEMPORARY_NAMES: Final = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that may be parsed. descriptor is open for reading and stays open as long as `opened` lasts."""

    path: Path
    descriptor: int
    kind: str
    size: int
    sha256: str


@contextmanager
def opened(path: Path, limits: Limits, quiet_seconds: float = 0.0) -> Iterator[Opened]:
    """Open and check one file: regular, of a known kind by name and first bytes, within the limits, at rest.

    Raises Unreadable when it is to be refused and Ignored when it is to be passed over.
    """
    passed = passed_over(path, quiet_seconds)
    if passed is not None:
        raise passed
    descriptor = _open(path)
    try:
        before = os.fstat(descriptor)
        _refuse_by_state(before, limits)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            kind = kind_of(path.name, file.read(PIECE))
            sha256 = _digest(file)
        if _changed(before, os.fstat(descriptor)):
            raise Unreadable("NOT_QUIET", "changed while it was read; load it when it is at rest")
        yield Opened(path, descriptor, kind, before.st_size, sha256)
    finally:
        os.close(descriptor)


def passed_over(path: Path, quiet_seconds: float = 0.0) -> Ignored | None:
    """Why a file is no finished extract: its name says so, or it changed within the last seconds. None: it may be one."""
    low = path.name.lower()
    if low.startswith(("~$", ".")) or low.endswith(TEMPORARY) or low in TEMPORARY_NAMES:
        return Ignored("TEMPORARY", "a temporary or unfinished file; give the finished one")
    try:
        changed = path.lstat().st_mtime
    except OSError:
        return None
    if 0 <= time.time() - changed < quiet_seconds:
        return Ignored("NOT_QUIET", "still being written; load again when it is at rest")
    return None


def _open(path: Path) -> int:
    """Open without following a link and without waiting at a pipe."""
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            what = "a symbolic link, not a regular file; check the path and give the file itself"
            raise Unreadable("UNSAFE_PATH", what) from error
        if error.errno in (errno.EACCES, errno.EPERM):
            what = "no permission to read it; let this user read the file"
            raise Unreadable("PERMISSION", what) from error
        if error.errno in (errno.ENXIO, errno.ENODEV):
            raise Unreadable("UNSAFE_PATH", "not a regular file; give a CSV file") from error
        what = f"cannot be opened ({error.strerror}); check the path and its permissions"
        raise Unreadable("NOT_FOUND", what) from error


def _refuse_by_state(state: os.stat_result, limits: Limits) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise Unreadable("UNSAFE_PATH", "not a regular file; give a CSV file")
    if state.st_size == 0:
        raise Unreadable("EMPTY", "the file is empty; export it again")
    if state.st_size > limits.file_mb * MB:
        raise Unreadable(
            "TOO_LARGE",
            f"too large: {-(-state.st_size // MB):,} MB, the limit of this source is {limits.file_mb:,} MB; "
            "raise limits.file_mb in the mapping if the file is known",
        )


def _changed(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)


def _digest(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def kind_of(name: str, head: bytes) -> str:
    """The kind of a file by the end of its name and its first bytes together. Raises Unreadable when they disagree."""
    low = name.lower()
    ending = low[low.rfind(".") :] if "." in low else ""
    promised = KINDS.get(ending, "")
    if promised in ("gzip", "zstd") and KINDS.get("." + low.split(".")[-2]) != "text":
        promised = ""
    refuse_what_is_no_table(head)
    if ending in FOREIGN:
        code, what = FOREIGN[ending]
        raise Unreadable(code, what)
    if not promised:
        raise Unreadable(
            "TYPE",
            "the file type is not known by its name; give .csv, .tsv, .txt, .csv.gz, .csv.zst, .xlsx or .parquet",
        )
    found = next((entry for magic, entry in MAGIC.items() if head.startswith(magic)), None)
    if found and found[0] != promised:
        _, what, better, other = found
        raise Unreadable("WRONG_TYPE", f"{what} named {ending}; rename it to {better}, or {other}")
    if not found and promised != "text":
        what = {
            "workbook": "an Excel workbook",
            "parquet": "a Parquet file",
            "gzip": "gzip data",
            "zstd": "zstd data",
        }[promised]
        raise Unreadable("WRONG_TYPE", f"named {ending} but it is not {what}; export it again")
    return promised


def refuse_what_is_no_table(head: bytes) -> None:
    """Raise Unreadable for first bytes that no table begins with: markup, documents, pointers."""
    for magic, what in NO_TABLE.items():
        if head.startswith(magic):
            raise Unreadable("WRONG_TYPE", f"not a table but {what}")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"[")):
        raise Unreadable(
            "NOT_TABULAR", "not a table (it looks like HTML, XML or JSON); export it as CSV or .xlsx"
        )
