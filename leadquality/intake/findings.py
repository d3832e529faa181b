"""Findings that no row alone can show: traps of a vendor's table, an export that was cut off, joins that find little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Final

import duckdb

from leadquality.intake.files import Files
from leadquality.intake.mapping import Mapping, Source
from leadquality.intake.presets import load_presets
from leadquality.intake.write import concerns

COLUMNS = (
    "code varchar, title varchar, remedy varchar, extract varchar, file varchar, line bigint, found varchar"
)


def keep_findings(con: duckdb.DuckDBPyConnection, mapping: Mapping, files: Files) -> None:
    """Add what one delivery shows to `intake_findings`, which the snapshot keeps beside the findings of queries/checks."""
    con.execute(f"create table if not exists intake_findings ({COLUMNS})")
    for source in mapping.source:
        if source.file in files.tables:
            _traps(con, source, files)
            _row_limit(con, source, files)
            _many_in_one(con, source, files)
    _joins(con, mapping.policy.minimum_join_rate, [files.label(name) for name in files.tables])
    for extract, column in con.execute(
        "select extract, column_name from stand_ins except "
        "select extract, found from intake_findings where code = 'stand_in_date' order by all"
    ).fetchall():
        title = f"{column} is a date that the file does not have: another stands in for it"
        remedy = "Nothing that rests on it is told. Export the date, and map it."
        _keep(con, "stand_in_date", title, remedy, extract, None, column)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding that is known before any row is read."""

    code: str
    title: str
    remedy: str
    extract: str
    file: str | None
    found: str | None


def keep_told(con: duckdb.DuckDBPyConnection, told: Iterable[Told]) -> None:
    """Add findings to `intake_findings`."""
    con.execute(f"create table if not exists intake_findings ({COLUMNS})")
    for each in told:
        _keep(con, *astuple(each))


UNDECIDED: Final = (
    'Map it, as in columns.OURS = "THEIRS" under its [[source]] of mapping.toml, or list it under ignore'
)


def undecided(con: duckdb.DuckDBPyConnection) -> list[str]:
    """A line for each column that decides and is not read, where one of the file may be it."""
    rows = con.execute(
        "select distinct extract, file, found from file_notes where code = 'deciding_column' order by all"
    ).fetchall()
    return [f"{extract} from {file}: {found}. {UNDECIDED}" for extract, file, found in rows]


def _keep(
    con: duckdb.DuckDBPyConnection,
    code: str,
    title: str,
    remedy: str,
    extract: str,
    file: str | None,
    found: str | None,
) -> None:
    con.execute(
        "insert into intake_findings values (?, ?, ?, ?, ?, null, ?)",
        [code, title, remedy, extract, file, found],
    )


def _traps(con: duckdb.DuckDBPyConnection, source: Source, files: Files) -> None:
    """What the preset warns of, once for each file."""
    layout = load_presets().named(source.preset) if source.preset else None
    for trap in layout.meaning.traps if layout and layout.meaning else []:
        if concerns(trap.needs, trap.lacks, files.tables[source.file].header):
            file = files.label(source.file)
            _keep(con, trap.code, trap.text, trap.remedy, source.extract, file, source.preset)


def _row_limit(con: duckdb.DuckDBPyConnection, source: Source, files: Files) -> None:
    """An export that holds exactly as many rows as its kind can hold is suspected to be cut off."""
    layout = load_presets().named(source.preset) if source.preset else None
    limit = layout.meaning.row_limit if layout and layout.meaning else None
    statement = f"select count(*) from source_{source.extract} where file = $file"
    file = files.label(source.file)
    if limit is None or con.execute(statement, {"file": file}).fetchall()[0][0] != limit:
        return
    title = f"Export limit suspected: the file holds exactly {limit:,} rows, which is all that such an export can hold"
    remedy = "Export in parts (by month), or with a tool without the limit, and load again."
    _keep(con, "export_limit_suspected", title, remedy, source.extract, file, f"{limit} rows")


def _many_in_one(con: duckdb.DuckDBPyConnection, source: Source, files: Files) -> None:
    if source.repeat is None:
        return
    statement = f"select count(*), count(distinct line) from source_{source.extract} where file = $file"
    file = files.label(source.file)
    things, rows = con.execute(statement, {"file": file}).fetchall()[0]
    title = f"One row stands for several {source.extract}: {rows:,} rows of the file are {things:,} {source.extract}"
    remedy = "Rows of the account are these. Of all but the last only that they happened is known."
    _keep(con, "row_stands_for_several", title, remedy, source.extract, file, source.repeat.column)


def _joins(con: duckdb.DuckDBPyConnection, minimum: float, files: list[str]) -> None:
    """Joins that find fewer of their rows than the policy asks for, and those of which several rows fitted."""
    rows = con.execute(
        "select * from join_rates where list_contains($files, file) order by all", {"files": files}
    ).fetchall()
    for extract, file, lookup, other, _, asked, found, several, many, is_rare in rows:
        where = other or "the telephone numbers of the leads"
        if asked and found < minimum * asked and not is_rare:
            title = f"Of {asked:,} rows that ask {where} ({lookup}), {found:,} find an answer"
            remedy = "Export both files over the same time and from the same system; what finds no lead belongs to no channel."
            _keep(con, "join_finds_little", title, remedy, extract, file, f"{found} of {asked}")
        if several:
            how = {"first": "the first of the file", "earliest": "the earliest", "none": "none of them"}[many]
            title = f"{several:,} rows find several answers in {where} ({lookup}): {how} is taken"
            remedy = "Nothing to do, if that is meant; else correct the keys in the source system."
            _keep(con, "join_finds_several", title, remedy, extract, file, f"{several} rows")
