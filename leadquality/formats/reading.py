"""Any file that passed the guard becomes rows of text: one reader for each kind."""

from __future__ import annotations

import os
from pathlib import Path

from leadquality.formats.contract import Asked, Reading, open_again
from leadquality.formats.unpack import unpacked


def read(descriptor: int, kind: str, asked: Asked, folder: Path) -> Reading:
    """Read the file behind an open descriptor into `folder` (ROWS, ASIDE). Raises Unreadable.

    The file is reached through its descriptor only, so its name and what becomes of its path play no part.
    """
    path = Path(f"/dev/fd/{descriptor}")
    size = os.fstat(descriptor).st_size
    if kind == "workbook":
        from leadquality.formats import workbook

        with open_again(path) as file:
            return workbook.read(file, size, asked, folder)
    if kind == "parquet":
        from leadquality.formats import columnar

        with open_again(path) as file:
            return columnar.read(file, path, size, asked, folder)
    from leadquality.formats import delimited

    if kind == "text":
        return delimited.read(path, asked, folder)
    plain = folder / "plain"
    try:
        with open_again(path) as file:
            unpacked(kind, file, size, plain, asked.limits)
        return delimited.read(plain, asked, folder)
    finally:
        plain.unlink(missing_ok=True)
