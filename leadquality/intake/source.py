"""From a guarded file to a source table: every value as text under our own column names, with file and line."""

from __future__ import annotations

import difflib
from pathlib import Path

import duckdb

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
    con.execute(
        f"create table {name} as select row_number() over () as record_number, * from read_csv({literal(_plain(table.path))}, "
        f"auto_detect = false, delim = {literal(delimiter)}, quote = '\"', escape = '\"', header = true, strict_mode = true, "
        f"null_padding = false, store_rejects = true, rejects_limit = 0, columns = {{{columns}}})"
    )
    errors = con.sql("select error_type::varchar, min(line) from reject_errors group by all order by 2").fetchall()
    for kind, line in errors:
        if kind in REFUSING:
            raise InputRefused(f"{table.path.name}, line {line}: {REFUSING[kind]}; export the file again")
    con.execute(
        f"create table {name}_ragged as select line, row_number() over (order by line) as place "
        "from (select distinct line from reject_errors)"
    )


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

    def fill(self, extract: Extract) -> bool:
        """Create source_<extract> (empty when the mapping has no file for it). Returns whether a file was read."""
        names = ", ".join(f"null::varchar as {column}" for column in extract.columns)
        self.con.execute(
            f"create table source_{extract.name} as select null::varchar as file, null::bigint as line, "
            f"null::varchar as excluded_by, null::ubigint as content, null::ubigint as content_but_key, {names} limit 0"
        )
        self.con.execute(f"create table ragged_{extract.name} (file varchar, line bigint)")
        sources = [source for source in self.mapping.source if source.extract == extract.name]
        present = [source for source in sources if (self.folder / source.file).exists()]
        if extract.name == "leads" and not present:
            wanted = sources[0].file if sources else "leads.csv"
            raise InputRefused(f"{self.folder.name}/{wanted}: not found; every load needs the leads (folder and mapping agree?)")
        for number, source in enumerate(present):
            self._read(extract, source, f"raw_{extract.name}_{number}")
        return bool(present)

    def _read(self, extract: Extract, source: Source, raw: str) -> None:
        table = self._guarded(source.file, source.delimiter)
        read_raw(self.con, table, source.delimiter, raw)
        joins = "".join(self._join(source, table, name, f"{raw}_{place}") for place, name in enumerate(source.lookups))
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
        mapped = ", ".join(f"{expression}::varchar as {column}" for column, expression in expressions.items())
        every = ", ".join(extract.columns)
        but_key = ", ".join(column for column in extract.columns if column != extract.key)
        self.con.execute(
            f"insert into source_{extract.name} by name "
            f"with mapped as (select raw.record_number, {self._excluded(source, table)}::varchar as excluded_by, {mapped} "
            f"from {raw} as raw {joins}) "
            f"select {literal(source.file)} as file, lines.line, excluded_by, hash({every}) as content, "
            f"hash({but_key}) as content_but_key, {every} from mapped inner join ({self._lines(raw, table)}) as lines using (record_number)"
        )
        self.con.execute(f"insert into ragged_{extract.name} select {literal(source.file)}, line from {raw}_ragged")

    def _guarded(self, name: str, delimiter: str) -> Table:
        if "/" in name or "\\" in name:
            raise InputRefused(f"mapping: file '{name}' must be a plain name inside the folder")
        if name not in self.tables:
            self.tables[name] = guard(self.folder / name, delimiter)
        return self.tables[name]

    def _lines(self, raw: str, table: Table) -> str:
        """record_number -> line of the file. Quoted line breaks and ragged rows are counted in when the file has any."""
        breaks = " + ".join(f"coalesce(len({quoted(name)}) - len(replace({quoted(name)}, chr(10), '')), 0)" for name in table.header)
        records = self.con.sql(f"select (select count(*) from {raw}) + (select count(*) from {raw}_ragged)").fetchall()[0][0]
        if table.newlines - 1 <= records <= table.newlines:
            breaks = "0"
        return (
            f"with placed as (select record_number, 1 + record_number + coalesce(sum({breaks}) over (order by record_number "
            f"rows between unbounded preceding and 1 preceding), 0) as line_but_ragged from {raw}) "
            f"select placed.record_number, (placed.line_but_ragged + coalesce(ragged.place, 0))::bigint as line from placed "
            f"asof left join (select line - (place - 1) as from_line, place from {raw}_ragged) as ragged "
            f"on placed.line_but_ragged >= ragged.from_line"
        )

    def _join(self, source: Source, table: Table, name: str, raw: str) -> str:
        lookup = source.lookups[name]
        found = self._guarded(lookup.file, source.delimiter)
        for column, header, where in ((lookup.by, table.header, source.file), (lookup.key, found.header, lookup.file)):
            if column not in header:
                raise InputRefused(f"{where}: column '{column}' of lookup '{name}' is missing{_near(column, header)}")
        read_raw(self.con, found, source.delimiter, raw)
        first = f"select * from {raw} qualify row_number() over (partition by {quoted(lookup.key)} order by record_number) = 1"
        return f" left join ({first}) as {quoted('lookup ' + name)} on raw.{quoted(lookup.by)} = {quoted('lookup ' + name)}.{quoted(lookup.key)}"

    def _expression(self, extract: Extract, source: Source, table: Table, column: str) -> str:
        """SQL for one of our columns; `null` when the file does not carry it."""
        theirs = source.columns.get(column)
        if isinstance(theirs, FromLookup):
            if theirs.lookup not in source.lookups:
                raise InputRefused(f"mapping, {extract.name}.{column}: no lookup '{theirs.lookup}'; declare it under lookups")
            header = self._guarded(source.lookups[theirs.lookup].file, source.delimiter).header
            if theirs.column not in header:
                raise InputRefused(f"{source.lookups[theirs.lookup].file}: column '{theirs.column}' is missing{_near(theirs.column, header)}")
            text = f"{quoted('lookup ' + theirs.lookup)}.{quoted(theirs.column)}"
        elif theirs is not None:
            if theirs not in table.header:
                raise InputRefused(
                    f"{source.file}, line 1: column '{theirs}' (mapped to {extract.name}.{column}) is missing{_near(theirs, table.header)}; "
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
                    f"{source.file}, line 1: column '{exclusion.column}' of exclusion '{rule}' is missing{_near(exclusion.column, table.header)}"
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
    words = ", ".join(f"coalesce(fold({literal(word)}), '')" for word in exclusion.values or exclusion.values_other_than)
    return f"{value} {'in' if exclusion.values else 'not in'} ({words or literal('')})"


def _near(name: str, names: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
