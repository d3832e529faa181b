"""Where the table begins: the delimiter and the header, found together by the names that a header may carry."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from leadquality.formats.contract import Asked, Note, Unreadable, clipped

DELIMITERS: Final = (",", ";", "\t", "|")
SEARCHED: Final = 12
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
    return frozenset(fold(name) for name in asked.known) - {""}


def find(sample: str, asked: Asked) -> Layout:
    """The layout of a text whose first lines are `sample`. Raises Unreadable when no line can be the header."""
    separator = SEPARATOR_LINE.match(sample.split("\n", 1)[0].strip("\r"))
    given = asked.delimiter or (separator[1] if separator else None)
    known = known_names(asked)
    best: tuple[tuple[int, int, int], str, int, int, list[str]] | None = None
    for delimiter in (given,) if given else DELIMITERS:
        for number, (line, after, cells) in enumerate(_records(sample, delimiter)):
            if separator and line == 1:
                continue
            if asked.head_lines is not None and line < asked.head_lines + 1:
                continue
            if asked.head_lines is not None and line > asked.head_lines + 1:
                break
            if number >= SEARCHED + (separator is not None) and asked.head_lines is None:
                break
            score = sum(fold(cell) in known for cell in cells)
            rank = (score, len(cells) if score or number == 0 else 0, -number)
            if best is None or rank > best[0]:
                best = (rank, delimiter, line, after, cells)
    if best is None:
        raise Unreadable(
            "NO_HEADER",
            f"there is no line {(asked.head_lines or 0) + 1} for the header; correct read.head_lines",
        )
    (score, _, _), delimiter, line, after, cells = best
    names = tuple(cell.strip() for cell in cells)
    refuse(names, score, delimiter, line, asked)
    above = sample_lines(sample, line - 1)
    preamble = [
        text for number, text in enumerate(above, start=1) if text.strip() and not (separator and number == 1)
    ]
    notes = (Note("preamble_skipped", 1, clipped(preamble[0].strip())),) if preamble else ()
    return Layout(delimiter, names, line, after, line - 1, notes)


def sample_lines(sample: str, count: int) -> list[str]:
    """The first `count` physical lines of a text."""
    return [line for _, line in zip(range(count), io.StringIO(sample, newline=""), strict=False)]


def _records(sample: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Records of the sample that are not blank: first line, line after, cells. Broken quotes end it."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    before = 0
    with contextlib.suppress(csv.Error):
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, reader.line_num + 1, cells
            before = reader.line_num


def refuse(names: tuple[str, ...], score: int, delimiter: str, line: int, asked: Asked) -> None:
    """Raise Unreadable for a header that is none."""
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
    if not score and asked.known and asked.head_lines is None:
        raise Unreadable(
            "NO_HEADER",
            f"no header: none of the first {SEARCHED} lines carries a known column name (line {line} reads "
            f"'{clipped(delimiter.join(names))}'); add the header line, or map its names under columns",
        )
