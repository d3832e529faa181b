"""The archive behind a workbook, looked through before any reader of workbooks sees it."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final

from leadquality.formats.contract import Limits, Unreadable
from leadquality.formats.guard import MB, PIECE

FORBIDDEN: Final = (b"<!DOCTYPE", b"<!ENTITY")
DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that passed. names: its entries."""

    zip: zipfile.ZipFile
    names: frozenset[str]


def checked(file: IO[bytes], size: int, limits: Limits) -> Archive:
    """Look through a workbook's archive. Raises Unreadable: damaged, a bomb, unsafe names, macros, a password, a DTD."""
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except DAMAGED as error:
        raise Unreadable("DAMAGED", "the workbook is damaged; save it again") from error
    if len(entries) > limits.entries:
        raise Unreadable(
            "UNSAFE_ARCHIVE",
            f"its archive holds {len(entries):,} entries, the limit is {limits.entries:,}; save the sheet as CSV",
        )
    for entry in entries:
        name = entry.filename
        if (
            name.startswith(("/", "\\"))
            or ".." in PurePosixPath(name.replace("\\", "/")).parts
            or ":" in name[:3]
        ):
            raise Unreadable(
                "UNSAFE_ARCHIVE", "its archive holds an entry that points outside; save the sheet as CSV"
            )
        if entry.flag_bits & 1:
            raise Unreadable("PASSWORD", "the workbook has a password; save it without one")
        if name.lower().endswith("vbaproject.bin"):
            raise Unreadable("MACRO", "a workbook with macros; save it as .xlsx, which holds none")
    _measure(archive, entries, size, limits)
    return Archive(archive, frozenset(entry.filename for entry in entries))


def _measure(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    """Unpack every part in pieces and throw the pieces away: what the directory says of sizes is not believed."""
    if sum(entry.file_size for entry in entries) > limits.unpacked_mb * MB:
        raise _too_large(limits)
    total = 0
    for entry in entries:
        before = b""
        try:
            with archive.open(entry) as part:
                while piece := part.read(PIECE):
                    total += len(piece)
                    if total > limits.unpacked_mb * MB or (total > 64 * MB and total > limits.ratio * size):
                        raise _too_large(limits)
                    if entry.filename.endswith((".xml", ".rels")) and any(
                        mark in before + piece for mark in FORBIDDEN
                    ):
                        raise Unreadable(
                            "UNSAFE_ARCHIVE",
                            "the workbook is damaged or unsafe: it declares a document type (DTD); save it again",
                        )
                    before = piece[-16:]
        except DAMAGED as error:
            raise Unreadable("DAMAGED", "the workbook is damaged; save it again") from error


def _too_large(limits: Limits) -> Unreadable:
    return Unreadable(
        "TOO_LARGE",
        f"too large once unpacked (over {limits.unpacked_mb:,} MB, or {limits.ratio} times its size); save the sheet as CSV",
    )
