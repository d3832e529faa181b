"""Staging: the rules of queries/staging run over the source tables; each row gets a fate and, if not used, a reason."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from leadquality.catalogue import Extract, load_extracts
from leadquality.catalogue.macros import ordered
from leadquality.contracts import QUERIES, InputRefused
from leadquality.formats import Reader as FileReader
from leadquality.formats import read_apart
from leadquality.intake.expressions import quoted
from leadquality.intake.files import Files, Table
from leadquality.intake.findings import keep_findings
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
    """What the files gave: the as-of date in force, the last event, the files read, which extracts were there, the last event
    of each, and the files that were passed over with the reason."""

    as_of: date
    last_on: date
    tables: dict[str, Table]
    extracts: dict[str, Extract]
    given: frozenset[str]
    ends: dict[str, date]
    ignored: dict[str, str]


def stage(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    mapping: Mapping,
    as_of: date | None,
    report: Callable[[str], None],
    work: Path,
    read: FileReader | None = None,
) -> Staged:
    """Read every file of the mapping and run the staging rules: tables staged_<extract> and channel_rules in `con`.

    as_of None: the mapping's, else the last date of any event in the files. work: an empty folder that must last as long as
    the tables are used; read: how a file is read, in a process of its own unless it is known. Raises InputRefused.
    """
    if not folder.is_dir():
        raise InputRefused(f"{folder}: no such folder; give the folder that holds the extracts")
    con.execute(f"set timezone = '{mapping.zone}'")
    con.begin()  # one write to the disk instead of one for each of a hundred statements
    functions = [
        path for path in (QUERIES / "functions").glob("*.sql") if not path.stem.startswith("setting")
    ]
    for path in ordered([*functions, *(QUERIES / "reading").glob("*.sql")]):
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
            "zero_amount": policy.zero_amount,
            "known_until": None
            if mapping.as_of is None
            else mapping.as_of + timedelta(days=policy.future_tolerance_days),
        },
    }
    files = Files(con, folder, work, read or read_apart)
    reader = Reader(con, mapping, files)
    given = set()
    for name, extract in extracts.items():
        if reader.sources(extract):
            report(f"reading {name}")
        if reader.fill(extract):
            given.add(name)
        _stage(con, extract, parameters, name in given)
        if name == "leads":
            con.execute(
                "create table lead_aliases as select distinct lead_id, kept_lead_id from staged_leads where fate in ('used', 'merged')"
            )
    keep_findings(con, mapping, files.tables)
    con.commit()
    ends = _ends(con, extracts, given)
    first = _first(con)
    last = max((used for used, _ in ends.values() if used is not None), default=first)
    if first is None or last is None:
        named = ", ".join(source.file for source in mapping.source if source.extract == "leads")
        raise InputRefused(
            f"{named}: no usable row in leads ({_reasons(con)}); give a file with at least one lead"
        )
    if declared is not None and declared < first:
        raise InputRefused(
            f"as of {declared}: before all data (the first lead was created on {first}); give a later date"
        )
    return Staged(
        as_of=declared or last,
        last_on=last,
        tables=files.tables,
        extracts=extracts,
        given=frozenset(given),
        ends={name: end for name, (_, end) in ends.items() if end is not None},
        ignored=files.ignored,
    )


EMPTY: dict[str, str] = {}
"""The columns of a staged table without rows, by the text of its rules: to run them over nothing again says nothing new."""


def _stage(
    con: duckdb.DuckDBPyConnection, extract: Extract, parameters: Mapping_[str, object], is_given: bool
) -> None:
    """Run the staging rules of one extract."""
    if not is_given and extract.sql in EMPTY:
        con.execute(f"create table staged_{extract.name} ({EMPTY[extract.sql]})")
        return
    wanted = con.extract_statements(extract.sql)[0].named_parameters
    rows = extract.sql if is_given else f"from ({extract.sql}) limit 0"
    con.execute(f"create table staged_{extract.name} as {rows}", {key: parameters[key] for key in wanted})
    columns = con.sql(f"describe staged_{extract.name}").fetchall()
    EMPTY[extract.sql] = ", ".join(f"{quoted(column)} {kind}" for column, kind, *_ in columns)


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


def _first(con: duckdb.DuckDBPyConnection) -> date | None:
    """First creation of a lead that is not refused."""
    first: date | None = con.sql(
        "select min(created_at)::date from staged_leads where fate in ('used', 'excluded') and reason is distinct from 'test'"
    ).fetchall()[0][0]
    return first


def _ends(
    con: duckdb.DuckDBPyConnection, extracts: dict[str, Extract], given: set[str]
) -> dict[str, tuple[date | None, date | None]]:
    """By extract: the day of the last event of any row that is used, and of any that is not refused."""
    parts = []
    for name in given:
        columns = [column for column in extracts[name].dates if column not in PLANS_AHEAD]
        used, kept = (
            ", ".join([*(f"max({column}) filter (fate {fates})" for column in columns), "null::timestamp"])
            for fates in ("= 'used'", "<> 'rejected'")
        )
        parts.append(f"select '{name}', greatest({used})::date, greatest({kept})::date from staged_{name}")
    return {name: (used, kept) for name, used, kept in con.sql(" union all ".join(parts)).fetchall()}


def _reasons(con: duckdb.DuckDBPyConnection) -> str:
    rows = con.sql(
        "select reason, count(*) from staged_leads where fate <> 'used' group by all order by 2 desc limit 3"
    ).fetchall()
    return ", ".join(f"{reason} {count}" for reason, count in rows) or "the file has no rows"
