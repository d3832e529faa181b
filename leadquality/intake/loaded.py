"""Files that were loaded before: whether a load would read just these again, told before any of them is read as a table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Mapping_
from pathlib import Path
from typing import Any, Final

from leadquality.formats import Ignored, Limits, Unreadable, opened, passed_over
from leadquality.intake.files import label_of
from leadquality.intake.folder import tables
from leadquality.intake.mapping import Mapping

MB: Final = 1 << 20


def holds_the_same(
    folders: Sequence[Path], mapping: Mapping, loaded: Mapping_[str, Mapping_[str, Any]]
) -> bool:
    """Whether the deliveries hold, of what the mapping reads, just the files in `loaded`: by label the sha256, size (bytes) and
    delivery of each. They are hashed only where all names and sizes agree.

    Raises InputRefused as reading them would: there is no such folder, or a name fits the globs of several files.
    """
    found = {
        label_of(name, number): folder / name
        for number, folder in enumerate(folders, start=1)
        for name in _read_from(folder, mapping.over(tables(folder)))
    }
    return (
        found.keys() == loaded.keys()
        and {file["delivery"] for file in loaded.values()} == {*range(1, len(folders) + 1)}
        and all(_size(path) == loaded[label]["size"] for label, path in found.items())
        and all(_is_file(path, loaded[label]) for label, path in found.items())
    )


def holds_nothing_new(
    folders: Sequence[Path], mapping: Mapping, loaded: Mapping_[str, Mapping_[str, Any]]
) -> bool:
    """Whether the deliveries hold something that the mapping reads, and every such file is in `loaded`, under any label."""
    found = [folder / name for folder in folders for name in _read_from(folder, mapping.over(tables(folder)))]
    return bool(found) and all(
        any(_is_file(path, file) for file in loaded.values() if file["size"] == _size(path)) for path in found
    )


def _read_from(folder: Path, mapping: Mapping) -> Iterator[str]:
    """Names of the files of a folder that a load reads: those of the sources that are there, and those they look into."""
    for source in mapping.source:
        path = folder / source.file
        if os.path.lexists(path) and passed_over(path, source.read.quiet_seconds) is None:
            yield source.file
            yield from source.looked_into


def _size(path: Path) -> int | None:
    return path.lstat().st_size if os.path.lexists(path) else None


def _is_file(path: Path, loaded: Mapping_[str, Any]) -> bool:
    try:
        with opened(path, Limits(file_mb=loaded["size"] // MB + 1)) as file:
            return file.sha256 == str(loaded["sha256"])
    except (Unreadable, Ignored):
        return False
