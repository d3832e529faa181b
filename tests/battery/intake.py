"""Runs the intake over one case of the battery and says what came of it, in the battery's own words."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from leadquality.catalogue import parse_header
from leadquality.contracts import QUERIES, InputRefused
from leadquality.formats import Reader
from leadquality.intake import accounts_by_file, parse_mapping, stage

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "schema.json").read_text("utf-8"))
TABLES = {"calls": "calls", "pipeline": "opportunities"}
"""The battery's tables and our extracts."""

REWRITES = {
    "ENCODING_CONVERTED",
    "HIDDEN_CHARACTERS",
    "PREAMBLE_SKIPPED",
    "LAYOUT_TIDIED",
    "VALUES_REWRITTEN",
    "EXCEL_SERIAL_DATES",
    "PHONE_DAMAGED",
    "DIRECTION_SPELLING_FOLDED",
}
"""Findings that tell of a rewritten value or a tidied file: with one of them a case is normalised, not accepted."""

PROFILE = """
name = "battery"
as_of = 2026-11-22
zone = "Europe/Berlin"
policy.currency = "USD"
channel.rules = []
[[source]]
extract = "leads"
file = "the leads.csv"
"""
SOURCES = {
    "calls": """
required = ["lead_id", "direction", "talk_s", "outcome_code"]
optional = ["rep_id", "phone", "campaign", "notes", "do_not_call"]
""",
    "opportunities": """
required = ["stage", "amount"]
optional = ["closed_at", "currency"]
ignore = ["owner", "channel", "contact_name", "contact_email", "is_won"]
columns.outcome = "stage"
values.outcome = { won = ["won"], lost = ["lost"], open = ["new", "qualified", "proposal"] }
""",
}
LEADS = "lead_id,created_at\n" + "".join(f"L-{number},2024-01-01\n" for number in range(500, 524))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. reasons and findings as the battery spells them; ask: SQL over the staged rows."""

    outcome: str
    read: int = 0
    used: int = 0
    out: int = 0
    skipped: int = 0
    reasons: frozenset[str] = frozenset()
    message: str = ""
    findings: frozenset[str] = frozenset()
    values: tuple[Any, ...] = field(default=())


def extract_of(file: str) -> str:
    """The extract that a file of the battery is meant for."""
    return TABLES["pipeline" if "pipeline" in file.lower() else "calls"]


def mapping_text(files: Iterable[str]) -> str:
    """The profile of the battery and a source for each file; nothing is declared about dates or numbers."""
    text = PROFILE
    for file in files:
        name = json.dumps(file)
        extract = extract_of(file)
        text += f'[[source]]\nextract = "{extract}"\nfile = {name}\n{SOURCES[extract]}'
        text += "limits = { file_mb = 200, columns = 500 }\nread.quiet_seconds = 2\n"
    return text


def files_of(case: dict[str, Any]) -> list[str]:
    """The files of a case as they are named in its folder."""
    return [str(PurePosixPath(file).relative_to(case["id"])) for file in case["files"]]


def with_leads(folder: Path) -> None:
    """Put the leads of the battery's calls and deals beside them: every load needs the leads."""
    leads = folder / "the leads.csv"
    if not leads.exists():
        leads.write_text(LEADS)
        os.utime(leads, (0, 0))


def run(case: dict[str, Any], work: Path, read: Reader, profile: dict[str, Any]) -> Outcome:
    """Take the files of a case, which stand in case["folder"], into an empty state. profile: where it differs for this case."""
    files = files_of(case)
    with_leads(case["folder"])
    rules = parse_mapping(mapping_text(files).encode(), Path("battery.toml"))
    rules = rules.model_copy(update={key: value for key, value in profile.items() if key != "why"})
    with duckdb.connect() as con:
        try:
            staged = stage(con, case["folder"], rules, None, lambda _: None, work, read)
        except InputRefused as refused:
            return Outcome("refuse", message=str(refused), reasons=frozenset({refused.code}))
        if set(files) <= staged.ignored.keys():
            return Outcome("ignore")
        names = [name for name in ("calls", "opportunities") if name in staged.given]
        accounts = accounts_by_file(con, names).values()
        findings = frozenset(findings_of(con))
        read_rows, used = (sum(getattr(each, name) for each in accounts) for name in ("read", "used"))
        out = sum(each.merged + each.excluded + each.rejected for each in accounts)
        assert read_rows == used + out
        skipped = sum(staged.tables[file].reading.skipped for file in files)
        kind = "quarantine" if out else "normalise" if findings & REWRITES else "accept"
        reasons = frozenset(reason for each in accounts for reason in each.reasons)
        values = tuple(look_up(con, each) for each in case["expect"].get("values", []))
    return Outcome(kind, read_rows, used, out, skipped, reasons, "", findings, values)


def findings_of(con: duckdb.DuckDBPyConnection) -> Iterable[str]:
    """Codes of the checks that find something; those over the facts of a snapshot are not the intake's."""
    for path in sorted((QUERIES / "checks").glob("*.sql")):
        sql = path.read_text("utf-8")
        assert parse_header(path, sql, {"title", "severity", "remedy"}, {"lists", "shown"}, set())
        if (
            not re.search(r"\bsnapshot\.\w|\bload_day\b", sql)
            and con.sql(f"select count(*) from ({sql})").fetchall()[0][0]
        ):
            yield path.stem.upper()


STAGED: dict[str, tuple[str, str]] = {
    "id": ("calls", "call_id"),
    "person": ("calls", "rep_id"),
    "duration": ("calls", "talk_seconds"),
    "money": ("opportunities", "amount"),
}
"""Where a role of the battery's tables stands after staging."""


def look_up(con: duckdb.DuckDBPyConnection, wanted: dict[str, Any]) -> Any:
    """A value, or the number of different values, of data rows counted from 0."""
    extract, column = STAGED[wanted["role"]]
    rows = [
        value for (value,) in con.sql(f"select {column} from staged_{extract} order by file, line").fetchall()
    ]
    if "distinct_of_rows" in wanted:
        return len({rows[place] for place in wanted["distinct_of_rows"]})
    return rows[wanted["row"]]
