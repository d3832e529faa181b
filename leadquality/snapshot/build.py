"""Build: staged rows become facts, facts become counts, and every check has its say, in one database file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from leadquality.catalogue import parse_header
from leadquality.catalogue.macros import ordered
from leadquality.contracts import QUERIES


class CheckFailed(Exception):
    """A check of ours that must never return rows did: a defect, not a wrong input."""


def build(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    as_of: date,
    extracts: list[str],
    settings: list[tuple[str, str]],
    report: Callable[[str], None],
) -> dict[str, int]:
    """Write the database file `path` from the staged tables of `con`; returns findings as {check: rows}.

    settings are rows (name, value) as leadquality.settings gives them.

    The file is attached as `snapshot` while it is written and detached, checkpointed, at the end.
    """
    con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as snapshot")
    keep_settings(con, settings)
    report("building facts")
    for name in extracts:
        fact = QUERIES / "facts" / f"{name}.sql"
        con.execute(f"create table snapshot.fact_{name} as {fact.read_text('utf-8')}")
    report("counting")
    for step in ordered(
        [
            *(QUERIES / "functions").glob("*.sql"),
            *(QUERIES / "scopes").glob("*.sql"),
            *(QUERIES / "counts").glob("*.sql"),
        ]
    ):
        sql = step.read_text("utf-8")
        if step.parent.name == "counts":
            con.execute(f"create table snapshot.{step.stem} as {sql}", {"as_of": as_of})
        else:
            con.execute(sql)
    report("checking")
    _left_out(con, extracts)
    _coverage(con, extracts)
    findings = _findings(con)
    con.execute("checkpoint snapshot")
    con.execute("detach snapshot")
    return findings


def keep_settings(con: duckdb.DuckDBPyConnection, settings: list[tuple[str, str]]) -> None:
    """Store the settings in the snapshot, and the codes of call outcomes as table `dispositions`."""
    con.execute("create table snapshot.settings (name varchar, value varchar)")
    con.executemany("insert into snapshot.settings values (?, ?)", settings)
    con.execute(
        "create or replace table dispositions as select distinct fold(value) as code, split_part(name, '.', 2) as disposition "
        "from snapshot.settings where starts_with(name, 'dispositions.')"
    )


def _left_out(con: duckdb.DuckDBPyConnection, extracts: list[str]) -> None:
    """Every row that is not in a fact table: file, line, fate, rule, field and masked value."""
    parts = [
        f"select '{name}' as extract, file, line, fate, reason, field, mask(found) as found from staged_{name} where fate <> 'used' "
        f"union all select '{name}', file, line, 'rejected', 'ROW_WIDTH', null, null from ragged_{name}"
        for name in extracts
    ]
    con.execute(
        f"create table snapshot.left_out_rows as select * from ({' union all '.join(parts)}) order by all"
    )


def _coverage(con: duckdb.DuckDBPyConnection, extracts: list[str]) -> None:
    """How many source rows carry each column: a KPI whose column nobody filled is not available, not 0."""
    con.execute("create table snapshot.coverage (extract varchar, column_name varchar, known_count bigint)")
    for name in extracts:
        columns = [row[0] for row in con.sql(f"describe source_{name}").fetchall()]
        for column in columns:
            if column not in {"file", "line", "excluded_by", "content", "content_but_key"}:
                con.execute(
                    f"insert into snapshot.coverage select '{name}', '{column}', count({column}) from source_{name}"
                )


def _findings(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Run queries/checks: rows of a `warn` check are findings, rows of a `fail` check stop the load."""
    con.execute(
        "create table snapshot.findings (code varchar, title varchar, remedy varchar, extract varchar, "
        "file varchar, line bigint, found varchar)"
    )
    found: dict[str, int] = {}
    for path in sorted((QUERIES / "checks").glob("*.sql")):
        sql = path.read_text("utf-8")
        header = parse_header(path, sql, {"title", "severity", "remedy"}, set(), set())
        rows = con.sql(f"select count(*) from ({sql})").fetchall()[0][0]
        if rows and header.text("severity") == "fail":
            raise CheckFailed(f"check {path.stem}: {rows} rows; {header.text('title')}")
        if rows:
            found[path.stem] = rows
            con.execute(
                f"insert into snapshot.findings select ?, ?, ?, extract, file, line, mask(found) from ({sql}) order by all",
                [path.stem, header.text("title"), header.text("remedy")],
            )
    return found
