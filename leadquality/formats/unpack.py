"""Packed text: .gz and .zst are unpacked into a plain file in pieces, within limits of size and ratio."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from leadquality.formats.contract import Limits, Unreadable
from leadquality.formats.guard import MAGIC, MB, PIECE, refuse_what_is_no_table


def unpacked(kind: str, packed: IO[bytes], size: int, target: Path, limits: Limits) -> None:
    """Write what `packed` holds to `target`. Raises Unreadable: damaged, empty, too large, or no table."""
    written = 0
    try:
        with _stream(kind, packed) as source, target.open("wb") as plain:
            while piece := source.read(PIECE):
                if not written:
                    refuse_what_is_no_table(bytes(piece[:PIECE]))
                    _refuse_packed(bytes(piece[:4]))
                written += len(piece)
                _refuse_bomb(written, size, limits)
                plain.write(piece)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable("DAMAGED", "the file is damaged or cut off; export it again") from error
    if not written:
        raise Unreadable("EMPTY", "the file is empty once unpacked; export it again")


def _refuse_packed(head: bytes) -> None:
    """Raise Unreadable for a packed file in a packed file."""
    if found := next((entry for magic, entry in MAGIC.items() if head.startswith(magic)), None):
        raise Unreadable(
            "UNSAFE_ARCHIVE",
            f"packed twice: it unpacks to {found[1]}; unpack it once, and name it {found[2]}",
        )


@contextmanager
def _stream(kind: str, packed: IO[bytes]) -> Iterator[IO[bytes]]:
    if kind == "gzip":
        with gzip.open(packed) as source:
            yield source  # type: ignore[misc]
        return
    import pyarrow as pa

    with pa.CompressedInputStream(packed, "zstd") as source:
        yield source


def _refuse_bomb(written: int, size: int, limits: Limits) -> None:
    if written > limits.unpacked_mb * MB:
        raise Unreadable(
            "TOO_LARGE",
            f"too large once unpacked (over {limits.unpacked_mb:,} MB); raise limits.unpacked_mb in the mapping if the file is known",
        )
    if written > MB and written > limits.ratio * size:
        raise Unreadable(
            "UNSAFE_ARCHIVE",
            f"too large for its size (unpacks to more than {limits.ratio} times as much); give the file unpacked",
        )
