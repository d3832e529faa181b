"""Evidence: which links between the extracts hold, and in which time each of them records (queries/evidence)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import duckdb

from leadquality.contracts import QUERIES

FOLDER: Final = QUERIES / "evidence"
TABLES: Final = ("link_months", "links", "months", "windows", "gaps")
"""Kept in the snapshot as evidence_<name>."""
LOST: Final = "select 1 from keyed_rows where is_keyed and not is_matched limit 1"
MENDS: Final = "(extract varchar, partner varchar, mend varchar, affix varchar, mendable_count bigint)"


def measure(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, list[dict[str, Any]]]:
    """Write the evidence tables of the snapshot that `con` builds, from its facts and the staged rows.

    Returns what the manifest keeps: links, windows and gaps as plain values. The relations that only measuring needs are temporary.
    """
    con.execute(f"create temp table keyed_rows as {_query('keyed_rows')}")
    con.execute(f"create table snapshot.evidence_link_months as {_query('link_months')}")
    con.execute(f"create temp table partner_keys as {_query('partner_keys')}")
    # Where every row finds its partner, there is nothing to mend.
    mends = f"as {_query('mends')}" if con.execute(LOST).fetchall() else MENDS
    con.execute(f"create temp table evidence_mends {mends}")
    con.execute(f"create table snapshot.evidence_links as {_query('links')}")
    con.execute(f"create temp table recorded_events as {_query('recorded_events')}")
    con.execute(f"create temp table exposed_units as {_query('exposed_units')}")
    con.execute(f"create temp table evidence_silences as {_query('silences')}", {"as_of": as_of})
    con.execute(f"create table snapshot.evidence_months as {_query('months')}")
    con.execute(f"create table snapshot.evidence_windows as {_query('windows')}", {"as_of": as_of})
    con.execute(f"create table snapshot.evidence_gaps as {_query('gaps')}")
    for table in (
        "keyed_rows",
        "partner_keys",
        "evidence_mends",
        "recorded_events",
        "exposed_units",
        "evidence_silences",
    ):
        con.execute(f"drop table {table}")
    return {name: _plain(con, name) for name in ("links", "windows", "gaps")}


def findings(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, int]:
    """Add to the findings of the snapshot what links and windows leave in doubt; returns how many of each code."""
    con.execute(f"create temp table evidence_findings as {_query('findings')}", {"as_of": as_of})
    con.execute("insert into snapshot.findings from evidence_findings")
    counted = con.execute(
        "select code, count(*) from evidence_findings group by code order by code"
    ).fetchall()
    con.execute("drop table evidence_findings")
    return dict(counted)


def _query(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text("utf-8")


def _plain(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    rows = con.execute(f"from snapshot.evidence_{name}")
    columns = [column[0] for column in rows.description or ()]
    return [
        {
            column: value.isoformat() if isinstance(value, date) else value
            for column, value in zip(columns, row, strict=True)
            if value is not None
        }
        for row in rows.fetchall()
    ]
