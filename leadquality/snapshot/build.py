"""Build: staged rows become facts, facts become counts, and every check has its say, in one database file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from leadquality.catalogue import load_extracts, parse_header
from leadquality.catalogue.macros import needed
from leadquality.contracts import QUERIES
from leadquality.snapshot import evidence, orders

ROOMS = ("functions", "scopes", "counts")
"""What the counts are made with."""
UNITS = "unit_states"
"""The counts of journeys that do not begin with a lead: made when the others are there, from the rows of all journeys."""
READERS = ("counts", "facts", "checks", "evidence", "trust")
"""What a load asks: of the macros it makes those that these mention, a quarter of all."""


class CheckFailed(Exception):
    """A check of ours that must never return rows did: a defect, not a wrong input."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the checks found: rows by code; what rests on them, and on rows left out (queries/trust/finding_weights.sql); the links
    and windows of the extracts (queries/evidence); and the words of each finding."""

    rows: dict[str, int]
    weights: dict[str, dict[str, Any]]
    evidence: dict[str, list[dict[str, Any]]]
    told: dict[str, dict[str, Any]]


def build(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    as_of: date,
    extracts: list[str],
    settings: list[tuple[str, str]] | None,
    report: Callable[[str], None],
) -> Found:
    """Write the database file `path` from the staged tables of `con`; returns the findings.

    settings are rows (name, value) as leadquality.settings gives them. None: `path` is a copy of the snapshot in force, to
    which a delivery is added; its settings hold, and facts change only where touched_<extract> says so.

    The file is attached as `snapshot` while it is written and detached, checkpointed, at the end.
    """
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as snapshot")
    if settings is not None:
        keep_settings(con, settings)
    report("building facts")
    for name in extracts:
        fact = (QUERIES / "facts" / f"{name}.sql").read_text("utf-8")
        if name == "calls":
            _lay_out_calls(con, fact, is_new=settings is not None)
        elif settings is None:
            _change_facts(con, name, fact, f"snapshot.fact_{name}")
        else:
            con.execute(f"create table snapshot.fact_{name} as {fact}")
    report("counting")
    if settings is None:
        _drop_counts(con)
    counts = {path.stem: path.read_text("utf-8") for path in sorted((QUERIES / "counts").glob("*.sql"))}
    for step in needed(_files(*ROOMS), _files(*READERS)):
        sql = step.read_text("utf-8")
        # No journey is worked out yet, so what counts them begins empty; the macros that read it can be made.
        con.execute(
            f"create table snapshot.{step.stem} as {sql}" if step.stem in counts else sql,
            {"as_of": as_of} if step.stem == UNITS else None,
        )
    # In memory: these rows are of this day, and the next delivery has another.
    con.execute("create temp table journey_rows as from journey_rows")
    con.execute(
        "insert into journey_rows by name select *, $known_on as known_on from journeys_as_of($known_on) "
        "where not is_of_leads(journey)",
        {"known_on": as_of},
    )
    con.execute(f"insert into snapshot.{UNITS} by name {counts[UNITS]}", {"as_of": as_of})
    for table in ("temp.journey_rows", "journey_rows", "snapshot.lead_keys"):
        con.execute(f"drop table {table}")
    con.execute(f"drop {'table' if settings is None else 'view'} unplaced_calls")
    report("checking")
    con.execute("create temp table load_day as select $as_of::date as as_of", {"as_of": as_of})
    _left_out(con, extracts)
    _coverage(con, extracts)
    measured = evidence.measure(con, as_of)
    findings = _findings(con, as_of, measured)
    con.execute("checkpoint snapshot")
    con.execute("detach snapshot")
    return findings


def _files(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in (QUERIES / room).glob("*.sql")]


def keep_settings(con: duckdb.DuckDBPyConnection, settings: list[tuple[str, str]]) -> None:
    """Store the settings in the snapshot, and the codes of call outcomes as table `dispositions`; campaign null: of all others."""
    con.execute("create table snapshot.settings (name varchar, value varchar)")
    con.execute(
        "insert into snapshot.settings select unnest($names), unnest($values)",
        {"names": [name for name, _ in settings], "values": [value for _, value in settings]},
    )
    con.execute(
        "create or replace table dispositions as "
        "select distinct fold(value) as code, split_part(name, '.', 2) as disposition, null::varchar as campaign "
        "from snapshot.settings where starts_with(name, 'dispositions.') "
        "union all select distinct fold(value), split_part(name, '.', -1), "
        "fold(regexp_extract(name, '^campaign_dispositions\\.(.*)\\.[a-z_]+$', 1)) "
        "from snapshot.settings where starts_with(name, 'campaign_dispositions.')"
    )


def _change_facts(con: duckdb.DuckDBPyConnection, name: str, fact: str, table: str) -> None:
    """Put the facts of the touched keys in the place of those in `table`: the query of the facts over these keys alone. A table
    without the key of its extract is small, and made anew."""
    key = load_extracts()[name].key
    if not con.execute(f"select count(*) from touched_{name}").fetchall()[0][0]:
        return
    if key not in con.sql(f"from {table} limit 0").columns:
        con.execute(f"delete from {table}")
        con.execute(f"insert into {table} {fact}")
        return
    con.execute(f"delete from {table} where {key} in (from touched_{name})")
    con.execute(
        f"create temp table spelt_{name} as select * from spelt_{name} where {key} in (from touched_{name})"
    )
    con.execute(f"insert into {table} {fact}")
    con.execute(f"drop table temp.spelt_{name}")


def _lay_out_calls(con: duckdb.DuckDBPyConnection, fact: str, is_new: bool) -> None:
    """Give the calls as `unplaced_calls`; queries/counts/fact_calls.sql puts them in the order of their leads, whose number and
    history may change with every delivery."""
    if is_new:
        con.execute(f"create temp view unplaced_calls as {fact}")
        return
    columns = ", ".join(con.sql(f"from ({fact}) limit 0").columns)
    con.execute(f"create temp table unplaced_calls as select {columns} from snapshot.fact_calls")
    con.execute("drop table snapshot.fact_calls")
    _change_facts(con, "calls", fact, "unplaced_calls")


def _drop_counts(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what is made from the facts."""
    for (table,) in con.execute(
        "select table_name from duckdb_tables() where database_name = 'snapshot' and table_name <> 'settings' "
        "and not starts_with(table_name, 'fact_')"
    ).fetchall():
        con.execute(f"drop table snapshot.{table}")


def _left_out(con: duckdb.DuckDBPyConnection, extracts: list[str]) -> None:
    """Every row that is not in a fact table: file, line, fate, rule, field and masked value."""
    parts = [
        f"select '{name}' as extract, file, line, fate, reason, field, found from staged_{name} where fate <> 'used' "
        f"union all select '{name}', file, line, 'rejected', reason, null, null from aside_{name}"
        for name in extracts
    ]
    con.execute(
        f"create table snapshot.left_out_rows as select * from ({' union all '.join(parts)}) order by all"
    )


def _coverage(con: duckdb.DuckDBPyConnection, extracts: list[str]) -> None:
    """How many source rows carry each column: a KPI whose column nobody filled is not available, not 0.

    A date that only stands in for one that the files do not have is carried by no row."""
    known = load_extracts()
    every = [(name, column) for name in extracts for column in known[name].columns]
    con.execute(
        "create table snapshot.coverage as select extract, column_name, sum(case when (extract, column_name) in "
        "(select (extract, column_name) from stand_ins) then 0 else known_count end)::bigint as known_count "
        "from (from filled_columns union all select unnest($extracts), unnest($columns), 0) as filled "
        "group by all order by all",
        {"extracts": [name for name, _ in every], "columns": [column for _, column in every]},
    )


def _findings(
    con: duckdb.DuckDBPyConnection, as_of: date, measured: dict[str, list[dict[str, Any]]]
) -> Found:
    """Run queries/checks: rows of a `warn` check are findings, rows of a `fail` check stop the load."""
    con.execute(
        "create table snapshot.findings (code varchar, title varchar, remedy varchar, extract varchar, "
        "file varchar, line bigint, found varchar)"
    )
    con.execute(
        "insert into snapshot.findings select * replace (mask(found) as found) from intake_findings order by all"
    )
    found: dict[str, int] = dict(
        con.execute("select code, count(*) from intake_findings group by code order by code").fetchall()
    )
    row_codes = []
    filled = {name for (name,) in con.execute("select distinct extract from read_rows").fetchall()}
    noted = {code for (code,) in con.execute("select distinct code from file_notes").fetchall()}
    for path in sorted((QUERIES / "checks").glob("*.sql")):
        sql = path.read_text("utf-8")
        header = parse_header(path, sql, {"title", "severity", "remedy"}, {"lists", "shown"}, set())
        is_of_files = "from file_notes" in sql
        about = {name for name in filled if f"staged_{name}" in sql or f"fact_{name}" in sql}
        if (is_of_files and path.stem not in noted) or (not is_of_files and "staged_" in sql and not about):
            continue
        # Notes of files are masked already, and what a check shows whole is nothing personal.
        shown = "left(found, 200)" if is_of_files or header.text("shown") == "whole" else "mask(found)"
        rows = con.execute(
            f"insert into snapshot.findings select ?, ?, ?, extract, file, line, {shown} from ({sql}) order by all",
            [path.stem, header.text("title"), header.text("remedy")],
        ).fetchall()[0][0]
        if rows and header.text("severity") == "fail":
            raise CheckFailed(f"check {path.stem}: {rows} rows; {header.text('title')}")
        if rows:
            found[path.stem] = rows
        if not is_of_files and not header.text("lists"):
            row_codes.append(path.stem)
    disordered = orders.findings(con)
    found |= disordered | evidence.findings(con, as_of)
    return Found(found, _weights(con, [*row_codes, *disordered]), measured, _told(con))


def _told(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """By code the title and the remedy of each finding, and the first row concerned."""
    return dict(
        con.execute(
            "select code, arg_min({'title': title, 'remedy': remedy, 'file': file, 'line': line, 'found': found}, "
            "(coalesce(file, ''), coalesce(line, 0), coalesce(found, ''))) from snapshot.findings group by code order by code"
        ).fetchall()
    )


def _weights(con: duckdb.DuckDBPyConnection, row_codes: list[str]) -> dict[str, dict[str, Any]]:
    """The leads and the money that rest on each finding and on rows left out; row_codes: findings that name every row concerned."""
    told = "select 1 from snapshot.findings union all select 1 from snapshot.left_out_rows limit 1"
    if not con.execute(told).fetchall():
        return {}
    sql = (QUERIES / "trust" / "finding_weights.sql").read_text("utf-8")
    query = con.execute(sql, {"row_codes": row_codes})
    _, *columns = (column[0] for column in query.description or ())
    return {code: dict(zip(columns, figures, strict=True)) for code, *figures in query.fetchall()}
