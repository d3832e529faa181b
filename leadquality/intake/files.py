"""The files of a folder, each read once: guarded, read in a process of its own, and put before the engine as a view of text."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from leadquality.contracts import InputRefused
from leadquality.formats import (
    ASIDE,
    ROWS,
    Asked,
    Ignored,
    Reader,
    Reading,
    Unreadable,
    engine_path,
    fold,
    opened,
    passed_over,
    shown,
)
from leadquality.intake.cleaning import Cleaned, always, cleaned
from leadquality.intake.expressions import LINE, RECORD, literal, quoted


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read. header: the columns that can be named; raw: the view with them as text, RECORD and LINE."""

    path: Path
    header: tuple[str, ...]
    sha256: str
    size: int
    reading: Reading
    raw: str
    delivery: int
    twice: frozenset[str] = field(default=frozenset())
    """Names that stand twice in the file (case does not count): they cannot be used."""
    tidy: frozenset[str] = field(default=frozenset())
    """Names of columns in which no value is blank or has a blank at an end, as far as that was looked at."""

    @property
    def name(self) -> str:
        """The file's name in one harmless line."""
        return shown(self.path.name)


def label_of(name: str, delivery: int) -> str:
    """The name under which a file of a delivery is known: deliveries may hold files of one name."""
    return name if delivery == 1 else f"{name} (delivery {delivery})"


class Files:
    """Reads files of one folder on demand. `work` takes what is read and must last as long as the views are used.

    delivery: which of the deliveries the folder is, from 1 on; known: label by SHA-256 of the files of earlier loads.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        folder: Path,
        work: Path,
        read: Reader,
        delivery: int = 1,
        known: Mapping[str, str] | None = None,
    ) -> None:
        self.con, self.folder, self.work, self.read = con, folder, work, read
        self.delivery, self.known = delivery, known or {}
        self.tables: dict[str, Table] = {}
        self.ignored: dict[str, str] = {}
        self.cleaned: dict[str, dict[str, Cleaned]] = {}
        """By file, the columns that were looked at."""
        con.execute(
            "create table if not exists file_notes (code varchar, extract varchar, file varchar, line bigint, found varchar)"
        )

    def label(self, name: str) -> str:
        """The name under which the rows of a file stand."""
        return label_of(name, self.delivery)

    def is_there(self, name: str, quiet_seconds: float) -> bool:
        """Whether the folder holds a file of this name that may be read (a link that leads nowhere is there too).

        Temporary and unfinished files are passed over, and listed in `ignored`.
        """
        self._refuse_path(name)
        path = self.folder / name
        if not os.path.lexists(path):
            return False
        passed = passed_over(path, quiet_seconds)
        if passed is not None:
            self.ignored[name] = passed.code
        return passed is None

    def table(self, name: str, asked: Asked, extract: str = "") -> Table:
        """The file of this name, read when it is first asked for. Raises InputRefused: file, line, what to do.

        extract: for what it is read; the findings about it stand under this name.
        """
        self._refuse_path(name)
        if name not in self.tables:
            table = self.tables[name] = self._read(name, asked)
            if extract and table.sha256 in self.known:
                raise InputRefused(
                    f"{table.name}: already loaded, as {shown(self.known[table.sha256])}; take it out of the folder",
                    "ALREADY_LOADED",
                )
            for told in table.reading.notes:
                self.note(told.code, extract, name, told.line, told.found)
        if not self.tables[name].reading.is_plain:
            self._clean(self.tables[name], asked, extract)
        return self.tables[name]

    def _clean(self, table: Table, asked: Asked, extract: str) -> None:
        """Clean the columns that are asked for; those that nobody has asked for yet are cleaned without a look."""
        name = table.path.name
        known = {fold(column) for column in asked.known}
        done = self.cleaned.setdefault(name, {})
        columns = [column for column in table.header if fold(column) in known and column not in done]
        if done and not columns:
            return
        done |= cleaned(
            self.con,
            f"{table.raw}_plain",
            columns,
            lambda *told: self.note(told[0], extract, name, *told[1:]),
        )
        every = ", ".join(
            f"{done[column].sql if column in done else always(column)} as {quoted(column)}"
            for column in table.header
        )
        self.con.execute(
            f"create or replace temp view {table.raw} as select {RECORD}, {LINE}, {every} from {table.raw}_plain"
        )

    def note(
        self, code: str, extract: str, file: str, line: int | None, found: str, is_harmless: bool = False
    ) -> None:
        """Keep a finding about a file; the check of that name in queries/checks shows it. What may be personal is masked."""
        text = "$found" if is_harmless else "left(cover($found), 200)"
        self.con.execute(
            f"insert into file_notes select $code, $extract, $file, $line, {text}",
            {"code": code, "extract": extract, "file": self.label(file), "line": line, "found": found},
        )

    def _refuse_path(self, name: str) -> None:
        if "/" in name or "\\" in name:
            raise InputRefused(
                f"mapping: file '{shown(name)}' must be a plain name inside the folder: a regular file that stands in it",
                "UNSAFE_PATH",
            )

    def _read(self, name: str, asked: Asked) -> Table:
        raw = f"file_{self.delivery}_{len(self.tables)}"
        place = self.work / raw
        place.mkdir(parents=True)
        try:
            with opened(self.folder / name, asked.limits) as file:
                reading = self.read(file, asked, place)
        except Unreadable as refusal:
            where = f"{shown(name)}, line {refusal.line}" if refusal.line else shown(name)
            raise InputRefused(f"{where}: {refusal.what}", refusal.code) from refusal
        except Ignored as passed:
            raise InputRefused(f"{shown(name)}: {passed.what}", passed.code) from passed
        header, twice = _usable(reading.header)
        columns = tuple(column for column in header if column)
        self.con.execute(_view(f"{raw}_plain", reading, header, place / ROWS))
        self.con.execute(f"create temp view {raw} as from {raw}_plain")
        aside = place / ASIDE
        rows = f"from read_parquet({literal(engine_path(aside))})" if reading.aside else "where false"
        line = "line, reason" if reading.aside else "null::bigint as line, null::varchar as reason"
        self.con.execute(f"create temp view {raw}_aside as select {line} {rows}")
        return Table(self.folder / name, columns, file.sha256, file.size, reading, raw, self.delivery, twice)


def _usable(header: Iterable[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The header with '' for what cannot be named: fields without a name, and all but the first of those that share one."""
    seen = {RECORD.strip('"'), LINE.strip('"')}
    twice = set()
    names = []
    for name in header:
        key = name.lower()
        if key in seen:
            twice.add(key)
        names.append("" if key in seen else name)
        seen.add(key)
    return tuple(names), frozenset(twice - {""})


def _view(raw: str, reading: Reading, header: tuple[str, ...], rows: Path) -> str:
    """SQL of the view of a file as it was read: its columns under their own names."""
    columns = "".join(f", c{place} as {quoted(name)}" for place, name in enumerate(header) if name)
    line = "line" if reading.first_line is None else f"file_row_number + {reading.first_line}"
    return (
        f"create temp view {raw} as select file_row_number + 1 as {RECORD}, ({line})::bigint as {LINE}{columns} "
        f"from read_parquet({literal(engine_path(rows))}, file_row_number = true)"
    )
