"""Staging: the rules of queries/staging run over the source tables; each row gets a fate and, if not used, a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from leadquality.catalogue import Extract, load_extracts
from leadquality.catalogue.macros import ordered
from leadquality.contracts import QUERIES, InputRefused
from leadquality.intake.guard import Table
from leadquality.intake.mapping import Mapping
from leadquality.intake.source import Reader

PLANS_AHEAD = {
    "scheduled_at",
    "expected_close",
    "callback_due_at",
    "next_step_due",
    "month",
    "date",
    "targeted_from",
}
"""Dates that may lie in the future without being an event."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What the files gave: the as-of date in force, the files read, and which extracts were there."""

    as_of: date
    tables: dict[str, Table]
    extracts: dict[str, Extract]
    given: frozenset[str]


def stage(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    mapping: Mapping,
    as_of: date | None,
    report: Callable[[str], None],
) -> Staged:
    """Read every file of the mapping and run the staging rules: tables staged_<extract> and channel_rules in `con`.

    as_of None: the mapping's, else the last date of any event in the files. Raises InputRefused.
    """
    if not folder.is_dir():
        raise InputRefused(f"{folder}: no such folder; give the folder that holds the extracts")
    con.execute(f"set timezone = '{mapping.zone}'")
    for path in ordered(
        [path for path in (QUERIES / "functions").glob("*.sql") if not path.stem.startswith("setting")]
    ):
        con.execute(path.read_text("utf-8"))
    extracts = load_extracts()
    _refuse_unknown_extracts(mapping, extracts)
    _channel_rules(con, mapping)
    declared = as_of or mapping.as_of
    policy = mapping.policy
    parameters = {
        "as_of": declared,
        "policy": {
            "same_contact": policy.same_contact,
            "orphan_calls": policy.orphan_calls,
            "max_amount": str(policy.max_amount),
            "currency": policy.currency,
        },
    }
    reader = Reader(con, folder, mapping)
    given = set()
    for name, extract in extracts.items():
        if reader.sources(extract):
            report(f"reading {name}")
        if reader.fill(extract):
            given.add(name)
        wanted = con.extract_statements(extract.sql)[0].named_parameters
        con.execute(f"create table staged_{name} as {extract.sql}", {key: parameters[key] for key in wanted})
        if name == "leads":
            con.execute(
                "create table lead_aliases as select distinct lead_id, kept_lead_id from staged_leads where fate in ('used', 'merged')"
            )
    first, last = _span(con, extracts)
    if first is None or last is None:
        files = ", ".join(source.file for source in mapping.source if source.extract == "leads")
        raise InputRefused(
            f"{files}: no usable row in leads ({_reasons(con)}); give a file with at least one lead"
        )
    if declared is not None and declared < first:
        raise InputRefused(
            f"as of {declared}: before all data (the first lead was created on {first}); give a later date"
        )
    return Staged(declared or last, reader.tables, extracts, frozenset(given))


def _refuse_unknown_extracts(mapping: Mapping, extracts: dict[str, Extract]) -> None:
    for source in mapping.source:
        if source.extract not in extracts:
            raise InputRefused(
                f"mapping: extract '{source.extract}' is unknown; there are {', '.join(extracts)}"
            )


def _channel_rules(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    con.execute(
        "create table channel_rules (rule_order integer, rule_id varchar, channel varchar, field varchar, found varchar)"
    )
    rows = [
        (order, rule.id, rule.channel, field, value)
        for order, rule in enumerate(mapping.channel.rules, start=1)
        for field, values in rule.when.items()
        for value in values
    ]
    if rows:
        con.executemany("insert into channel_rules values (?, ?, ?, ?, ?)", rows)


def _span(con: duckdb.DuckDBPyConnection, extracts: dict[str, Extract]) -> tuple[date | None, date | None]:
    """First creation of a lead that is not refused, and last event of any used row."""
    first = con.sql(
        "select min(created_at)::date from staged_leads where fate in ('used', 'excluded') and reason is distinct from 'test'"
    ).fetchall()[0][0]
    lasts = [
        con.sql(f"select max({column})::date from staged_{name} where fate = 'used'").fetchall()[0][0]
        for name, extract in extracts.items()
        for column in extract.dates
        if column not in PLANS_AHEAD
    ]
    return first, max((day for day in lasts if day is not None), default=None) or first


def _reasons(con: duckdb.DuckDBPyConnection) -> str:
    rows = con.sql(
        "select reason, count(*) from staged_leads where fate <> 'used' group by all order by 2 desc limit 3"
    ).fetchall()
    return ", ".join(f"{reason} {count}" for reason, count in rows) or "the file has no rows"
