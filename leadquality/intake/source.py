"""From a guarded file to a source table: every value as text under our own column names, with file and line."""

from __future__ import annotations

import csv
import difflib
import gzip
import os
from pathlib import Path

import duckdb
import polars as pl

from leadquality.catalogue import Extract
from leadquality.contracts import InputRefused
from leadquality.intake.guard import Table, guard
from leadquality.intake.mapping import Exclusion, FromLookup, Mapping, Source

REFUSING = {
    "UNQUOTED VALUE": "a quote is never closed",
    "LINE SIZE OVER MAXIMUM": "the line is too long",
    "INVALID ENCODING": "the line is not UTF-8",
}


def quoted(name: str) -> str:
    """A name from a file as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A value from a mapping as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def read_raw(con: duckdb.DuckDBPyConnection, table: Table, delimiter: str, name: str) -> None:
    """Create table `name`: all columns of the file as text, `record` counting its rows from 1, and `<name>_ragged`
    with the line of each row that has another number of fields. A broken quote refuses the file."""
    con.execute("drop table if exists reject_errors")
    con.execute("drop table if exists reject_scans")
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in table.header)
    statement = (
        f"create table {name} as select row_number() over () as record_number, * from read_csv({literal(_plain(table.path))}, "
        f"auto_detect = false, delim = {literal(delimiter)}, quote = '\"', escape = '\"', header = true, strict_mode = true, "
        f"null_padding = false, store_rejects = true, rejects_limit = 0, columns = {{{columns}}})"
    )
    try:
        con.execute(statement)
    except duckdb.InvalidInputException as error:
        raise InputRefused(
            f"{table.path.name}: not readable as CSV ({str(error).splitlines()[0][:120]}); export it again"
        ) from error
    errors = con.sql(
        "select error_type::varchar, min(line) from reject_errors group by all order by 2"
    ).fetchall()
    for kind, line in errors:
        if kind in REFUSING:
            raise InputRefused(f"{table.path.name}, line {line}: {REFUSING[kind]}; export the file again")
    # The engine's "line" of a ragged row counts records. Ragged row number p stands after (line - 1 - p) good rows.
    con.execute(
        f"create table {name}_ragged as select line - 1 as file_record, row_number() over (order by line) as place "
        "from (select distinct line from reject_errors)"
    )


def record_starts(path: Path, delimiter: str) -> list[int]:
    """The line on which each record starts, the header's first; blank lines are no records."""
    starts = []
    with (
        gzip.open(path, "rt", encoding="utf-8-sig", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8-sig", newline="") as file
    ):
        reader = csv.reader(file, delimiter=delimiter)
        before = 0
        for record in reader:
            if record:
                starts.append(before + 1)
            before = reader.line_num
    return starts


def _plain(path: Path) -> str:
    """The path with pattern characters escaped: DuckDB expands them."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in str(path))


class Reader:
    """Fills `source_<extract>` for each extract of a mapping, from the files of one folder."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, mapping: Mapping) -> None:
        self.con = con
        self.folder = folder
        self.mapping = mapping
        self.tables: dict[str, Table] = {}

    def sources(self, extract: Extract) -> list[Source]:
        """The mapping's sources of one extract whose file is in the folder (a link that leads nowhere is there too)."""
        mapped = [source for source in self.mapping.source if source.extract == extract.name]
        return [source for source in mapped if os.path.lexists(self.folder / source.file)]

    def fill(self, extract: Extract) -> bool:
        """Create source_<extract> (empty when the mapping has no file for it). Returns whether a file was read."""
        names = ", ".join(f"null::varchar as {column}" for column in extract.columns)
        self.con.execute(
            f"create table source_{extract.name} as select null::varchar as file, null::bigint as line, "
            f"null::varchar as excluded_by, null::ubigint as content, null::ubigint as content_but_key, {names} limit 0"
        )
        self.con.execute(f"create table ragged_{extract.name} (file varchar, line bigint)")
        present = self.sources(extract)
        if extract.name == "leads" and not present:
            wanted = next(
                (source.file for source in self.mapping.source if source.extract == "leads"), "leads.csv"
            )
            raise InputRefused(
                f"{self.folder.name}/{wanted}: not found; every load needs the leads (folder and mapping agree?)"
            )
        for number, source in enumerate(present):
            self._read(extract, source, f"raw_{extract.name}_{number}")
        return bool(present)

    def _read(self, extract: Extract, source: Source, raw: str) -> None:
        table = self._guarded(source.file, source.delimiter)
        read_raw(self.con, table, source.delimiter, raw)
        joins = "".join(
            self._join(source, table, name, f"{raw}_{place}") for place, name in enumerate(source.lookups)
        )
        expressions = {column: self._expression(extract, source, table, column) for column in extract.columns}
        for column in extract.required:
            if expressions[column] == "null":
                raise InputRefused(self._missing(extract, table, column))
        for column in source.columns:
            if column not in extract.columns:
                raise InputRefused(
                    f"mapping, {extract.name}: '{column}' is no column of ours{_near(column, extract.columns)}; "
                    f"there are {', '.join(extract.columns)}"
                )
        self._lines(raw, table, source.delimiter)
        mapped = ", ".join(f"{expression}::varchar as {column}" for column, expression in expressions.items())
        every = ", ".join(extract.columns)
        but_key = ", ".join(column for column in extract.columns if column != extract.key)
        statement = (
            f"insert into source_{extract.name} by name "
            f"with mapped as (select raw.record_number, {self._excluded(source, table)}::varchar as excluded_by, {mapped} "
            f"from {raw} as raw {joins}) "
            f"select {literal(source.file)} as file, lines.line, excluded_by, hash({every}) as content, "
            f"hash({but_key}) as content_but_key, {every} from mapped inner join {raw}_lines as lines using (record_number)"
        )
        try:
            self.con.execute(statement)
        except duckdb.InvalidInputException as error:
            raise InputRefused(
                f"mapping, {extract.name}: date_formats {', '.join(source.date_formats)}: not understood; "
                "write them as in %d/%m/%Y"
            ) from error
        self.con.execute(
            f"insert into ragged_{extract.name} select {literal(source.file)}, line from {raw}_lines where place is not null"
        )

    def _guarded(self, name: str, delimiter: str) -> Table:
        if "/" in name or "\\" in name:
            raise InputRefused(f"mapping: file '{name}' must be a plain name inside the folder")
        if name not in self.tables:
            self.tables[name] = guard(self.folder / name, delimiter)
        return self.tables[name]

    def _lines(self, raw: str, table: Table, delimiter: str) -> None:
        """Create `<raw>_lines`: the line of the file on which each row starts, by its record_number, good and ragged rows alike.

        Where the file has line breaks in quotes or blank lines, records are found by reading it a second time.
        """
        self.con.execute(
            f"create table {raw}_records as "
            f"with behind as (select file_record - place as good_before, max(place) as ragged_before from {raw}_ragged group by all) "
            f"select record_number, null::bigint as place, record_number + coalesce(ragged_before, 0) as file_record "
            f"from (select record_number from {raw}) asof left join behind on record_number > good_before "
            f"union all select null, place, file_record from {raw}_ragged"
        )
        count = self.con.sql(f"select count(*) from {raw}_records").fetchall()[0][0]
        line = "file_record + 1"
        if not table.newlines - 1 <= count <= table.newlines:
            self.con.execute(f"create table {raw}_starts (file_record bigint, start_line bigint)")
            starts = pl.DataFrame({"start_line": record_starts(table.path, delimiter)}).with_row_index(
                "file_record"
            )
            self.con.register("starts", starts.to_arrow())
            self.con.execute(f"insert into {raw}_starts select file_record, start_line from starts")
            self.con.unregister("starts")
            start = f"select start_line from {raw}_starts as starts where starts.file_record = records.file_record"
            line = f"coalesce(({start}), file_record + 1)"
        self.con.execute(
            f"create table {raw}_lines as select record_number, place, ({line})::bigint as line from {raw}_records as records"
        )

    def _join(self, source: Source, table: Table, name: str, raw: str) -> str:
        lookup = source.lookups[name]
        found = self._guarded(lookup.file, source.delimiter)
        for column, header, where in (
            (lookup.by, table.header, source.file),
            (lookup.key, found.header, lookup.file),
        ):
            if column not in header:
                raise InputRefused(
                    f"{where}: column '{column}' of lookup '{name}' is missing{_near(column, header)}"
                )
        read_raw(self.con, found, source.delimiter, raw)
        first = f"select * from {raw} qualify row_number() over (partition by {quoted(lookup.key)} order by record_number) = 1"
        joined = quoted("lookup " + name)
        return f" left join ({first}) as {joined} on raw.{quoted(lookup.by)} = {joined}.{quoted(lookup.key)}"

    def _expression(self, extract: Extract, source: Source, table: Table, column: str) -> str:
        """SQL for one of our columns; `null` when the file does not carry it."""
        theirs = source.columns.get(column)
        if isinstance(theirs, FromLookup):
            if theirs.lookup not in source.lookups:
                raise InputRefused(
                    f"mapping, {extract.name}.{column}: no lookup '{theirs.lookup}'; declare it under lookups"
                )
            header = self._guarded(source.lookups[theirs.lookup].file, source.delimiter).header
            if theirs.column not in header:
                raise InputRefused(
                    f"{source.lookups[theirs.lookup].file}: column '{theirs.column}' is missing{_near(theirs.column, header)}"
                )
            text = f"{quoted('lookup ' + theirs.lookup)}.{quoted(theirs.column)}"
        elif theirs is not None:
            if theirs not in table.header:
                raise InputRefused(
                    f"{source.file}, line 1: column '{theirs}' (mapped to {extract.name}.{column}) is missing"
                    f"{_near(theirs, table.header)}; "
                    f"the header has {', '.join(table.header)}"
                )
            text = f"raw.{quoted(theirs)}"
        elif column in table.header:
            text = f"raw.{quoted(column)}"
        else:
            return "null"
        value = f"nullif(trim({text}), '')"
        if column in extract.dates and source.date_formats:
            formats = ", ".join(literal(form) for form in source.date_formats)
            value = f"coalesce(strftime(try_strptime({value}, [{formats}]), '%Y-%m-%d %H:%M:%S'), {value})"
        if column in source.values:
            branches = " ".join(
                f"when fold({value}) in ({', '.join(f'fold({literal(word)})' for word in words)}) then {literal(ours)}"
                for ours, words in source.values[column].items()
            )
            value = f"case {branches} else {value} end"
        return value

    def _excluded(self, source: Source, table: Table) -> str:
        branches = ""
        for rule, exclusion in source.exclude.items():
            if exclusion.column not in table.header:
                raise InputRefused(
                    f"{source.file}, line 1: column '{exclusion.column}' of exclusion '{rule}' is missing"
                    f"{_near(exclusion.column, table.header)}"
                )
            branches += f" when {_fits(exclusion)} then {literal(rule)}"
        return f"case{branches} end" if branches else "null"

    def _missing(self, extract: Extract, table: Table, column: str) -> str:
        return (
            f"{table.path.name}, line 1: required column '{column}' is missing{_near(column, table.header)}; "
            f"the header has {', '.join(table.header)}. Add the column, or map it under [source.columns] of {extract.name}"
        )


def _fits(exclusion: Exclusion) -> str:
    value = f"coalesce(fold(raw.{quoted(exclusion.column)}), '')"
    words = ", ".join(
        f"coalesce(fold({literal(word)}), '')" for word in exclusion.values or exclusion.values_other_than
    )
    return f"{value} {'in' if exclusion.values else 'not in'} ({words or literal('')})"


def _near(name: str, names: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
