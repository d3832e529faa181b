"""What is asked of a file and what comes back: the only words that pass between the intake and the readers of formats."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

ROWS: Final = "rows.parquet"
"""The rows that were read: column `line` (unless first_line is given) and a text column `c0`, `c1` ... for each field."""

ASIDE: Final = "aside.parquet"
"""The rows that could not be read as rows: line and reason. Absent when there are none."""


class Unreadable(Exception):
    """The whole file is refused: a code, what is wrong and what to do in one sentence, and the line if it is known.

    It carries no file name: whoever asked knows the name and puts it in front.
    """

    def __init__(self, code: str, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.code, self.what, self.line = code, what, line


class Ignored(Exception):
    """The file is no extract (temporary, or still being written): it is passed over and listed. code says which."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code, self.what = code, what


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file may be read."""

    file_mb: int = 2048
    """Size of the file in MiB."""
    unpacked_mb: int = 512
    """Size of what is packed in it, in MiB."""
    ratio: int = 200
    """How many times the packed size that may be."""
    line_mb: int = 8
    """Length of a line in MiB."""
    entries: int = 2000
    """Entries of a workbook's archive."""
    columns: int = 500
    """Columns."""
    million_cells: int = 2000
    """Cells of a Parquet file, in millions."""
    seconds: int = 900
    """How long reading may take."""
    memory_mb: int = 3072
    """Memory of the process that reads it, in MiB."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the mapping declares of a file; None: to be detected. known: names that a header may carry; mapped: those of them
    that the mapping uses, which decide; header: the file has one; wrapped: every line stands in one pair of quotes."""

    known: tuple[str, ...] = ()
    mapped: tuple[str, ...] = ()
    header: bool = True
    encoding: str | None = None
    delimiter: str | None = None
    head_lines: int | None = None
    foot_lines: int = 0
    sheet: str | None = None
    wrapped: bool = False
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about a file: the code of a finding, the line if it is one, and what was found."""

    code: str
    line: int | None
    found: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read.

    header: a name for each field, '' where the field is not a column; header_line: where it stands; first_line: the line of
    the first row when every row stands on the next line, None when the rows carry their lines; is_plain: no value holds
    anything but printable ASCII; rows and aside: how many rows were read and set aside; skipped: title lines, blank lines and
    repeated headers; types: per field what the file itself says of it ('' for text files); texts: per field the cells of a
    workbook that hold text.
    """

    header: tuple[str, ...]
    header_line: int
    first_line: int | None
    rows: int
    aside: int
    skipped: int
    is_plain: bool
    kind: str
    encoding: str = ""
    delimiter: str = ""
    types: tuple[str, ...] = ()
    texts: tuple[int, ...] = ()
    notes: tuple[Note, ...] = field(default=())

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Reading:
        """Raises ValueError, KeyError or TypeError when the text is not a reading."""
        values = json.loads(text)
        for name in ("header", "types", "texts"):
            values[name] = tuple(values[name])
        values["notes"] = tuple(Note(**note) for note in values["notes"])
        return cls(**values)


def shown(name: str) -> str:
    """A name from outside in one harmless line: control and direction characters are written out."""
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in name)


def clipped(text: str, length: int = 60) -> str:
    """The beginning of a text from a file, in one harmless line."""
    return shown(text if len(text) <= length else text[: length - 1] + "…")


def engine_path(path: Path) -> str:
    """A path as DuckDB must be given it: what it would take for a pattern is escaped."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in str(path))


def open_again(path: Path) -> BinaryIO:
    """The file from its beginning; a path such as /dev/fd/3 may lead to a descriptor that was read before."""
    file = path.open("rb")
    file.seek(0)
    return file
