"""Where the table begins: the delimiter and the header, found together by the names that a header may carry."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from leadquality.formats.contract import Asked, Note, Unreadable, clipped

DELIMITERS: Final = (",", ";", "\t", "|")
SEARCHED: Final = 12
SEVERAL: Final = 2
"""So many known names in a line further down make it the header."""
VALUES: Final = {
    "moment": re.compile(r"(\d{4}-\d\d?-\d\d?|\d\d?[-./]\d\d?[-./]\d{2,4})([T ].*)?"),
    "clock": re.compile(r"\d\d?:\d\d(:\d\d)?(\.\d+)?"),
    "mail": re.compile(r"[^\s@]+@[^\s@]+\.\w+"),
    "phone": re.compile(r"\+?\(?\d[\d ()/-]{5,}\d"),
    "amount": re.compile(r"-?\d[\d.,]*[.,]\d{1,3}"),
    "number": re.compile(r"-?\d+"),
}
TELLING: Final = {"moment", "clock", "mail", "phone", "amount"}
"""Kinds of values that are no names: a number may be one, as of a year or a question."""
SEPARATOR_LINE: Final = re.compile(r'^"?sep=(.)"?\s*$')


@dataclass(frozen=True, slots=True)
class Layout:
    """header: stripped names, '' where a field has none; header_line and next_line: where it stands and what follows;
    skipped: lines above it."""

    delimiter: str
    header: tuple[str, ...]
    header_line: int
    next_line: int
    skipped: int
    notes: tuple[Note, ...]


def fold(name: str) -> str:
    """A header name without what does not count: case, blanks, dashes, underscores, Unicode form."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFC", name)).lower()


def is_wrapped(line: str) -> bool:
    """Is this first line one quoted field that holds a table's header? So a spreadsheet writes what it could not divide."""
    line = line.strip()
    inner = line[1:-1]
    is_one_field = (
        len(line) > 2 and line.startswith('"') and line.endswith('"') and '"' not in inner.replace('""', "")
    )
    return is_one_field and '""' in inner and any(mark in inner for mark in DELIMITERS)


def known_names(asked: Asked) -> frozenset[str]:
    return folded(asked.known)


@lru_cache(maxsize=64)
def folded(names: tuple[str, ...]) -> frozenset[str]:
    """The names as they are compared: looked up once for a thousand files."""
    return frozenset(fold(name) for name in names) - {""}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of cells that may be the header. number and after: where it begins, and the line that follows it."""

    number: int
    after: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The line that is taken for the header, the line below it, the delimiter, and how many of its cells are known names."""

    delimiter: str
    line: Line
    below: Line | None
    known: int
    has_separator_line: bool = False
    is_named: bool = True

    @property
    def first(self) -> int:
        """The line of the first row: the one below, or, where the file has no header, this one."""
        return self.line.after if self.is_named else self.line.number


def find(sample: str, asked: Asked) -> Layout:
    """The layout of a text whose first lines are `sample`. Raises Unreadable when no line can be the header."""
    header = place(sample, asked)
    names = refused(header, asked)
    line = header.line
    above = sample_lines(sample, line.number - 1)
    preamble = [
        text
        for number, text in enumerate(above, start=1)
        if text.strip() and not (header.has_separator_line and number == 1)
    ]
    notes = (Note("preamble_skipped", 1, clipped(preamble[0].strip())),) if preamble else ()
    return Layout(header.delimiter, names, line.number, header.first, line.number - 1, notes)


def place(sample: str, asked: Asked) -> Header:
    """Where the header stands in a text, whatever it holds. Raises Unreadable when the line that was declared is not there."""
    separator = SEPARATOR_LINE.match(sample.split("\n", 1)[0].strip("\r"))
    given = asked.delimiter or (separator[1] if separator else None)
    known = known_names(asked)
    found = []
    for delimiter in (given,) if given else DELIMITERS:
        count = SEARCHED + (asked.head_lines or 0) + (separator is not None)
        lines = list(itertools.islice(_records(sample, delimiter), count))
        lines = [line for line in lines if not (separator and line.number == 1)]
        if (both := header_of(lines, asked)) is not None:
            score = count_of(both[0].cells, known)
            found.append(Header(delimiter, *both, score, separator is not None, asked.header))
    if not found:
        raise Unreadable(
            "NO_HEADER",
            f"there is no line {(asked.head_lines or 0) + 1} for the header; correct read.head_lines",
        )
    return max(found, key=lambda header: (header.known, len(header.line.cells)))


def refused(header: Header, asked: Asked) -> tuple[str, ...]:
    """The names of the columns. Raises Unreadable for a header that is none."""
    names = named(header.line.cells, asked)
    below = header.below.cells if header.below else None
    refuse(names, header.known, header.delimiter, header.line.number, asked, below)
    return names


def header_of(lines: Sequence[Line], asked: Asked) -> tuple[Line, Line | None] | None:
    """The header among the first lines, and the line below it; None when there is none.

    It is the first line with two cells, unless a line further down holds several known names: the names that the mapping
    uses, or those of any table. A row of data may hold known words too, but no more cells than the header; so in such a line most
    cells must be names.
    """
    if asked.head_lines is not None:
        lines = [line for line in lines if line.number > asked.head_lines]
        wanted = [line for line in lines if line.number == asked.head_lines + 1]
        return (wanted[0], lines[1] if len(lines) > 1 else None) if wanted else None
    if not lines:
        return None
    place = next((at for at, line in enumerate(lines) if _filled(line.cells) > 1), 0)
    first = lines[place]
    known, mapped = known_names(asked), folded(asked.mapped)
    for at, line in enumerate(lines[place + 1 :] if asked.header else [], start=place + 1):
        best = lines[place]
        count, before = count_of(line.cells, mapped), count_of(best.cells, mapped)
        if count > before and (count >= SEVERAL or count == len(mapped)):
            place = at
        elif not before:
            count, before = count_of(line.cells, known), count_of(best.cells, known)
            filled = _filled(line.cells)
            if count > max(before, SEVERAL - 1) and (filled > _filled(first.cells) or 2 * count > filled):
                place = at
    return lines[place], lines[place + 1] if place + 1 < len(lines) else None


def count_of(cells: Iterable[str], known: frozenset[str]) -> int:
    """How many different known names the cells hold."""
    return len({fold(cell) for cell in cells} & known)


def named(cells: Sequence[str], asked: Asked) -> tuple[str, ...]:
    """The names of the columns: the cells, or `column 1` and so on of a file without a header."""
    if not asked.header:
        return tuple(f"column {place}" for place in range(1, len(cells) + 1))
    return tuple(cell.strip() for cell in cells)


def holds_values(cells: Sequence[str], below: Sequence[str] | None) -> bool:
    """Does this first line hold values, where names should stand: a date, a telephone number, an e-mail address or an amount, and
    the same kind of value in the line below?"""
    kinds = [kind_of(cell) for cell in cells]
    if below is not None:
        kinds = [kind if kind == kind_of(cell) else "" for kind, cell in zip(kinds, below, strict=False)]
    return any(kind in TELLING for kind in kinds) and 2 * sum(map(bool, kinds)) >= min(4, len(cells))


def kind_of(cell: str) -> str:
    """What kind of value a cell is; '' for words."""
    return next((kind for kind, pattern in VALUES.items() if pattern.fullmatch(cell.strip())), "")


def sample_lines(sample: str, count: int) -> list[str]:
    """The first `count` physical lines of a text."""
    return [line for _, line in zip(range(count), io.StringIO(sample, newline=""), strict=False)]


def _filled(cells: Iterable[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _records(sample: str, delimiter: str) -> Iterator[Line]:
    """Records of the sample that are not blank. Broken quotes end it."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    before = 0
    with contextlib.suppress(csv.Error):
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Line(before + 1, reader.line_num + 1, cells)
            before = reader.line_num


def refuse(
    names: tuple[str, ...],
    score: int,
    delimiter: str,
    line: int,
    asked: Asked,
    below: Sequence[str] | None = None,
) -> None:
    """Raise Unreadable for a header that is none. score: known names in it; below: the cells of the line under it."""
    if len(names) > 2 and 2 * names.count("") >= len(names) - 1 and not any(names[1::2]):
        raise Unreadable(
            "DELIMITER",
            f"the delimiter is two characters ('{delimiter * 2}'); export it with one, such as a comma",
            line,
        )
    if len(names) < 2:
        raise Unreadable(
            "NOT_TABULAR",
            f"one column only ('{clipped(names[0])}'): a table needs a header of two columns; if another delimiter than "
            "comma, semicolon, tab or bar divides it, declare it: read.delimiter",
            line,
        )
    if len(names) > asked.limits.columns:
        raise Unreadable(
            "TOO_MANY_COLUMNS",
            f"{len(names):,} columns, the limit is {asked.limits.columns:,}; export fewer, or raise limits.columns in the mapping",
            line,
        )
    if score < SEVERAL and asked.header and holds_values(names, below):
        raise Unreadable(
            "NO_NAMES",
            f"no header: line {line} holds values, such as a date, a telephone number or an amount, where column names should "
            "stand; add a first line with the column names, or declare that there is none: read.header = false (the columns are "
            "then called column 1, column 2 ...)",
            line,
        )
    if not score and asked.known and asked.head_lines is None and asked.header:
        raise Unreadable(
            "NO_HEADER",
            f"no header: none of the first {SEARCHED} lines carries a known column name (line {line} reads "
            f"'{clipped(delimiter.join(names))}'); add the header line, or map its names under columns",
        )
