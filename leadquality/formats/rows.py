"""Records become rows: blank lines, repeated headers and trailing delimiters go, widths are checked, the rest is kept as text."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from leadquality.formats.contract import ASIDE, ROWS, Note, Unreadable

CHUNK: Final = 20_000
UNITS: Final = frozenset(
    re.split(
        r"\s+",
        "text string varchar char str id uuid email phone url integer int bigint number numeric decimal float double "
        "date datetime timestamp time seconds second secs sec s ms milliseconds minutes minute min hours "
        "boolean bool flag picklist enum category currency usd eur gbp",
    )
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: the line it starts on, the lines it takes, its fields, why it is no row, if it is none, and
    whether a lone CR ended it."""

    line: int
    lines: int
    fields: list[str]
    fault: str = ""
    ends_in_return: bool = False


@dataclass(slots=True)
class Tally:
    """What became of the records below the header."""

    rows: int = 0
    aside: int = 0
    skipped: int = 0
    repeated: int = 0
    trimmed: int = 0
    last_is_short: bool = False


class Shelf:
    """Collects rows of one width and writes them to ROWS and ASIDE in a folder."""

    def __init__(self, folder: Path, width: int) -> None:
        self.folder = folder
        self.schema = pa.schema(
            [("line", pa.int64()), *((f"c{place}", pa.string()) for place in range(width))]
        )
        self.writer = pq.ParquetWriter(folder / ROWS, self.schema, compression="lz4")
        self.lines: list[int] = []
        self.rows: list[list[str]] = []
        self.aside: list[tuple[int, str]] = []

    def put(self, line: int, fields: list[str]) -> None:
        self.lines.append(line)
        self.rows.append(fields)
        if len(self.rows) == CHUNK:
            self._flush()

    def set_aside(self, line: int, reason: str) -> None:
        self.aside.append((line, reason))

    def close(self) -> None:
        self._flush()
        self.writer.close()
        if self.aside:
            lines, reasons = zip(*self.aside, strict=True)
            table = pa.Table.from_arrays([_integers(lines), _texts(reasons)], names=["line", "reason"])
            pq.write_table(table, self.folder / ASIDE)

    def _flush(self) -> None:
        if self.rows:
            columns = [_integers(self.lines), *map(_texts, zip(*self.rows, strict=True))]
            self.writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self.schema))
            self.lines, self.rows = [], []


# Not pa.array: it imports pandas, for half a second, to ask whether a list is one of its series.
def _integers(values: Sequence[int]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(array("q", values))])


def _texts(values: Sequence[str]) -> pa.Array:
    builder = pa.lib.StringBuilder()
    builder.append_values(values)
    return builder.finish()


class Unnamed:
    """Fields without a name in the header: dropped when they are blank or only number the rows, else a question."""

    def __init__(self, header: tuple[str, ...]) -> None:
        self.places = [place for place, name in enumerate(header) if not name]
        self.blank = dict.fromkeys(self.places, True)
        self.counting = dict.fromkeys(self.places, True)

    def see(self, number: int, fields: list[str]) -> None:
        for place in self.places:
            value = fields[place].strip()
            self.blank[place] = self.blank[place] and not value
            self.counting[place] = self.counting[place] and value in (str(number), str(number + 1))

    def notes(self, line: int) -> Iterator[Note]:
        """Raises Unreadable for a field that holds data and has no name."""
        for place in self.places:
            if not self.blank[place] and not self.counting[place]:
                raise Unreadable("NO_NAME", f"column {place + 1} has no name; name it or remove it", line)
            what = "is blank" if self.blank[place] else "only numbers the rows"
            yield Note("layout_tidied", line, f"column {place + 1} has no name and {what}: left out")


def shelve(
    records: Iterable[Record], header: tuple[str, ...], header_line: int, folder: Path
) -> tuple[Tally, list[Note]]:
    """Write the rows below a header of stripped names; '' marks a field without one. Returns what became of them."""
    shelf, tally, unnamed = Shelf(folder, len(header)), Tally(), Unnamed(header)
    width = len(header)
    named = max((place for place, name in enumerate(header, start=1) if name), default=width)
    names = [*header]
    for record in records:
        fields = record.fields
        tally.last_is_short = False
        if record.fault:
            shelf.set_aside(record.line, record.fault)
            continue
        if not any(fields) or all(not field.strip() for field in fields):
            tally.skipped += record.lines
            continue
        if len(fields) > width and not any(field.strip() for field in fields[width:]):
            fields = fields[:width]
            tally.trimmed += 1
        if (
            named <= len(fields) < width
        ):  # the columns at the end have no name, and this row no field for them
            fields = [*fields, *[""] * (width - len(fields))]
        if fields[0].strip() == header[0] and [field.strip() for field in fields] == names:
            tally.skipped += record.lines
            tally.repeated += 1
            continue
        if len(fields) != width:
            tally.last_is_short = len(fields) < width
            shelf.set_aside(record.line, "ROW_WIDTH")
            continue
        if not tally.rows and not shelf.aside and is_units_row(fields):
            shelf.set_aside(record.line, "NOT_DATA")
            continue
        if unnamed.places:
            unnamed.see(tally.rows, fields)
        shelf.put(record.line, fields)
        tally.rows += 1
    shelf.close()
    tally.aside = len(shelf.aside)
    notes = list(unnamed.notes(header_line))
    if tally.trimmed:
        notes.append(
            Note("layout_tidied", None, f"{tally.trimmed} rows end in a delimiter more than the header")
        )
    return tally, notes


def is_units_row(fields: list[str]) -> bool:
    """Whether a row under the header names types or units instead of holding data."""
    words = [field.strip(" ()[]").lower() for field in fields if field.strip()]
    return len(words) >= 2 and 2 * len(words) >= len(fields) and all(word in UNITS for word in words)
