"""Delimited text read record by record: exact lines, strict quotes, and a reason for every record that is no row."""

from __future__ import annotations

import csv
import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TextIO

from leadquality.formats import layout
from leadquality.formats.contract import Asked, Note, Reading, Unreadable
from leadquality.formats.encoding import Decoding, decoding_of
from leadquality.formats.guard import MB
from leadquality.formats.rows import Record, Tally, shelve
from leadquality.formats.scan import Scan, scan

SAMPLE: Final = 4 * MB
LARGE: Final = 2 * MB
"""From here on the engine scans a clean file; below, the careful reader takes a blink."""
ESCAPED: Final = re.compile("[\udc80-\udcff]")
DOS_END: Final = "\x1a"

csv.field_size_limit(16 * MB)  # lines are limited before; the default would refuse a long note


def read(path: Path, asked: Asked, folder: Path) -> Reading:
    """Read the plain text file at `path` into `folder`. Raises Unreadable."""
    scanned = scan(path, asked.limits, asked.encoding)
    decoding = decoding_of(scanned, asked.encoding, path)
    try:
        return _read(path, scanned, decoding, asked, folder)
    except UnicodeError as error:
        raise Unreadable(
            "ENCODING",
            f"not readable in the encoding {decoding.encoding}; correct read.encoding, or save it as CSV UTF-8",
        ) from error


def _read(path: Path, scanned: Scan, decoding: Decoding, asked: Asked, folder: Path) -> Reading:
    sample = _sample(path, decoding)
    wrapped = asked.wrapped or layout.is_wrapped(next(iter(layout.sample_lines(sample, 1)), ""))
    if wrapped:
        sample = "".join(unwrapped(sample.splitlines(keepends=True)[: layout.SEARCHED]))
    table = layout.find(sample, asked)
    if any(map(ESCAPED.search, table.header)):
        raise Unreadable(
            "ENCODING", "the header holds a byte that is not UTF-8; save it as CSV UTF-8", table.header_line
        )
    notes = [*table.notes]
    if wrapped:
        notes.append(Note("layout_tidied", 1, "every line stands in one pair of quotes, which is taken off"))
    if decoding.converted:
        notes.append(Note("encoding_converted", None, decoding.encoding))
    if scanned.size >= LARGE and not wrapped:
        from leadquality.formats import bulk

        quick = bulk.read(path, scanned, decoding, table, asked, folder)
        if quick is not None:
            return _reading(table, scanned, decoding, quick, notes, table.next_line)
    tail = Tail()
    lines = _lines(path, decoding, table.next_line, tail)
    if wrapped:
        lines = unwrapped(lines, table.next_line)
    found = records(lines, table, decoding.errors != "strict")
    if scanned.feeds > scanned.returns - scanned.pairs > 0:
        found = rejoined(found, len(table.header))
    kept = _but_last(found, asked.foot_lines, tail) if asked.foot_lines else found
    tally, more = shelve(kept, table.header, table.header_line, folder)
    notes += more
    if tail.dos_end:
        tally.skipped += tail.dos_line
        notes.append(Note("layout_tidied", None, "the end-of-file mark of DOS was dropped"))
    tally.skipped += tail.foot
    if tally.last_is_short and not scanned.ends_line:
        notes.append(Note("truncated_suspected", scanned.lines, "the last line ends early"))
    return _reading(table, scanned, decoding, tally, notes, None)


class Tail:
    """What stands at the end of a file and is no data: the end mark of DOS, and the lines of a declared foot."""

    dos_end = False
    dos_line = 0
    foot = 0


def _reading(
    table: layout.Layout,
    scanned: Scan,
    decoding: Decoding,
    tally: Tally,
    notes: list[Note],
    first_line: int | None,
) -> Reading:
    if not tally.rows and not tally.aside:
        raise Unreadable(
            "NO_ROWS",
            "the file has no data rows, only a header; export it again, or take it away if there is nothing to load",
        )
    return Reading(
        header=table.header,
        header_line=table.header_line,
        first_line=first_line,
        rows=tally.rows,
        aside=tally.aside,
        skipped=table.skipped + tally.skipped,
        # Line ends and tabs within values: every line is a row, and every tab parts two fields.
        is_plain=first_line is not None
        and scanned.is_plain
        and (not scanned.has_tabs or (table.delimiter == "\t" and not scanned.quotes)),
        kind="text",
        encoding=decoding.encoding,
        delimiter=table.delimiter,
        notes=tuple(notes),
    )


def _text(path: Path, decoding: Decoding) -> TextIO:
    """The file as text from its beginning, line ends as they stand."""
    text = path.open(encoding=decoding.encoding, errors=decoding.errors, newline="")
    text.seek(0)
    return text


def _sample(path: Path, decoding: Decoding) -> str:
    with _text(path, decoding) as text:
        return text.read(SAMPLE)


def _lines(path: Path, decoding: Decoding, first: int, tail: Tail) -> Iterator[str]:
    """Physical lines from line `first` on, without the end mark of DOS."""
    held = ""
    with _text(path, decoding) as text:
        for line in itertools.islice(text, first - 1, None):
            if held:
                yield held
            held = line
    bare = held.rstrip("\r\n")
    if bare.endswith(DOS_END):
        held = bare.rstrip(DOS_END)
        tail.dos_end, tail.dos_line = True, int(not held)
    if held:
        yield held


def unwrapped(lines: Iterable[str], first: int = 1) -> Iterator[str]:
    """Lines without their pair of quotes, and with the doubled ones within it single again."""
    for number, line in enumerate(lines, first):
        bare = line.rstrip("\r\n")
        if bare.strip() and not (len(bare) > 1 and bare.startswith('"') and bare.endswith('"')):
            raise Unreadable(
                "QUOTING",
                "the other lines stand in one pair of quotes each, this one does not; correct the line, or export the file again",
                number,
            )
        yield bare[1:-1].replace('""', '"') + line[len(bare) :]


class Seen:
    """Lines as they pass, with the last one kept for whoever must look at it again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.last = ""

    def __iter__(self) -> Seen:
        return self

    def __next__(self) -> str:
        self.last = next(self.lines)
        return self.last


def records(lines: Iterable[str], table: layout.Layout, may_be_broken: bool = True) -> Iterator[Record]:
    """Records below the header. A broken quote within a line sets the record aside; one that runs on refuses the file."""
    seen = Seen(lines)
    reader = csv.reader(seen, delimiter=table.delimiter, strict=True)
    above = table.next_line - 1
    while True:
        before = reader.line_num
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = above + before + 1
            runs_on = reader.line_num - before > 1 or "unexpected end" in str(error)
            if runs_on or seen.last.count('"') % 2:
                raise Unreadable(
                    "UNBALANCED_QUOTE",
                    "a quote is never closed, so the rows after it cannot be told apart; export the file again",
                    line,
                ) from error
            yield Record(line, 1, [], "QUOTING")
            continue
        line = above + before + 1
        fault = "INVALID_ENCODING" if may_be_broken and any(map(ESCAPED.search, fields)) else ""
        yield Record(line, reader.line_num - before, fields, fault, seen.last.endswith("\r"))


def rejoined(found: Iterable[Record], width: int) -> Iterator[Record]:
    """In a file whose lines end in LF, a lone CR is a line end only where it leaves whole rows; else it is part of a value."""
    held: list[Record] = []
    for record in found:
        if not held and not record.fields:
            yield record
            continue
        held.append(record)
        fields = held[0].fields
        for part in held[1:]:
            fields = [*fields[:-1], "\r".join([*fields[-1:], *part.fields[:1]]), *part.fields[1:]]
        if len(held) > 1 and len(fields) == width and not any(part.fault for part in held):
            yield Record(held[0].line, sum(part.lines for part in held), fields)
            held.clear()
        elif len(fields) >= width or not record.ends_in_return:
            yield from held
            held.clear()
    yield from held


def _but_last(found: Iterable[Record], count: int, tail: Tail) -> Iterator[Record]:
    """All records but the declared foot of `count` records that are not blank."""
    held: deque[Record] = deque()
    for record in found:
        held.append(record)
        while sum(any(item.fields) for item in held) > count:
            yield held.popleft()
    tail.foot = sum(record.lines for record in held)
