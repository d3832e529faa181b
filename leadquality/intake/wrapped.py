"""Files in which every line stands in one pair of quotes: what a spreadsheet makes of a file whose delimiter it missed."""

from __future__ import annotations

import csv
import hashlib
import os
import stat
from dataclasses import replace
from pathlib import Path

import duckdb

from leadquality.contracts import InputRefused
from leadquality.intake.guard import Table, guard

NO_DELIMITER = "\x1f"


def is_wrapped(line: str) -> bool:
    """Is this first line one quoted field that holds a table's header?"""
    fields = next(csv.reader([line.strip()], delimiter=NO_DELIMITER), [])
    return (
        line.startswith('"')
        and len(fields) == 1
        and '"' in fields[0]
        and any(mark in fields[0] for mark in ";,\t|")
    )


def unwrapped(con: duckdb.DuckDBPyConnection, path: Path, delimiter: str) -> Table:
    """The file without its outer quotes, line for line, in the load's own folder; hash and size are of the file given."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise InputRefused(
            f"{path.name}: cannot be opened ({error.strerror}); check the path and its permissions"
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InputRefused(f"{path.name}: not a regular file; give a CSV file")
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        plain = Path(con.sql("select current_setting('temp_directory')").fetchall()[0][0]) / path.name
        plain.parent.mkdir(parents=True, exist_ok=True)
        try:
            lines = file.read().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
        except UnicodeDecodeError as error:
            raise InputRefused(f"{path.name}: not UTF-8; save it as CSV UTF-8") from error
    inner = (_inner(path, number, line) for number, line in enumerate(lines, 1))
    plain.write_text("\n".join(inner), "utf-8", newline="")
    return replace(guard(plain, delimiter), sha256=sha256, size=size)


def _inner(path: Path, number: int, line: str) -> str:
    """The line without its pair of quotes and with the doubled ones single again."""
    if not line.strip():
        return ""
    if len(line) < 2 or not (line.startswith('"') and line.endswith('"')):
        raise InputRefused(
            f"{path.name}, line {number}: the mapping says wrapped, but this line does not stand in one pair of quotes; "
            "correct the line, or take `wrapped` out of the mapping"
        )
    return line[1:-1].replace('""', '"')
