"""Deliveries: folders of files that come one after the other, and how the rows of a later one bear upon those before.

A row counts as the latest delivery has it in which it stands. What the next delivery needs is kept in the database in which a
load works: kept_<extract>, the rows in form but without what is personal, and staged_<extract>, what became of them. Of these,
a load reads only the rows that the new ones bear upon (`again`), and judges them by the same rules once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, field
from typing import Final

import duckdb

from leadquality.catalogue import Extract
from leadquality.contracts import InputRefused
from leadquality.intake.columns import Column
from leadquality.intake.mapping import Mapping
from leadquality.intake.source import HELPERS, NO_COPIES, Read, Reader

REFERENCES: Final = {"lead_id": "leads", "call_id": "calls", "opportunity_id": "opportunities"}
"""Columns by which the rows of an extract refer to those of another."""

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

TOLD: Final = (
    "create table if not exists read_rows (extract varchar, file varchar, row_count bigint)",
    "create table if not exists filled_columns (extract varchar, column_name varchar, known_count bigint)",
)
"""Of every delivery: rows read by file, and rows that carry each column."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was loaded before: the extracts given, the number of deliveries, and the label of each file by its SHA-256."""

    given: frozenset[str] = frozenset()
    deliveries: int = 0
    files: Mapping_[str, str] = field(default_factory=dict)


def refuse_row_numbers(mapping: Mapping) -> None:
    """Raise InputRefused when the key of a source is the number of the row: nothing tells a new row from a corrected one."""
    for source in mapping.source:
        if any(column.row is not None for column in _columns(source.columns.values())):
            raise InputRefused(
                f"{source.file}: its rows have no key of their own, only their number, so rows of a later file cannot be told "
                "from corrected ones; load one file that holds all rows"
            )


def refuse_people(mapping: Mapping) -> None:
    """Raise InputRefused when rows find their lead by telephone: the numbers of the leads loaded before are not kept."""
    for source in mapping.source:
        if source.person.phone and source.extract != "leads":
            raise InputRefused(
                f"{source.file}: its rows find their lead by telephone number, and numbers are not kept with a snapshot; "
                "load all folders together: leadquality load DIR1 DIR2 ..."
            )


def _columns(columns: Iterable[str | Column]) -> Iterator[Column]:
    for column in columns:
        if isinstance(column, Column):
            yield column
            yield from _columns(column.first_of)


def fill(con: duckdb.DuckDBPyConnection, readers: list[Reader], extract: Extract) -> bool:
    """Make the view new_<extract> of the rows in the readers' folders, and add the lines that could not be read to
    aside_<extract>. Returns whether a file was read."""
    name = extract.name
    for statement in (
        *TOLD,
        f"create table if not exists aside_{name} (file varchar, line bigint, reason varchar)",
    ):
        con.execute(statement)
    reads = [read for reader in readers for read in reader.read(extract)]
    columns = ", ".join(f"null::varchar as {column}" for column in extract.columns)
    if not reads:
        none = f"select * exclude (latest) from (select {HELPERS}, {NO_COPIES}, {columns} limit 0)"
        con.execute(f"create temp table new_{name} as {none}")
        return False
    rows = " union all by name ".join(
        f"({part})" for part in [f"select {HELPERS}, {columns} limit 0", *(read.rows for read in reads)]
    )
    con.execute(f"create temp view read_{name} as {rows}")
    for read in reads:
        con.execute(f"insert into aside_{name} {read.aside}")
    _mark_copies(con, extract, reads)
    con.execute(
        f"insert into read_rows select '{name}', file, count(*) from (select file from new_{name} union all "
        f"select file from aside_{name} where file not in (select file from read_rows where extract = '{name}')) group by file"
    )
    counts = ", ".join(f"count({column})" for column in extract.columns)
    con.execute(
        f"insert into filled_columns select '{name}', unnest($columns), unnest([{counts}]) from new_{name}",
        {"columns": list(extract.columns)},
    )
    return True


def _mark_copies(con: duckdb.DuckDBPyConnection, extract: Extract, reads: list[Read]) -> None:
    """Make new_<extract>: the rows, and which of them repeat another of their delivery or contradict it. Few do, so only the
    rows whose key stands more than once are looked at; of a source with `latest` the older versions are copies too."""
    name, key = extract.name, extract.key
    latest = any(read.keeps_latest for read in reads)
    order = "latest desc nulls last, file, line"
    versions = (
        f"row_number() over (partition by delivery, excluded_by, {key} order by {order}) as version_number"
    )
    con.execute(
        f"create temp table copies_{name} as "
        f"with shared as (select {key} from read_{name} where {key} is not null group by {key} having count(*) > 1), "
        f"numbered as (select file, line, {key}, latest, "
        f"row_number() over (partition by delivery, excluded_by, {key}, content order by file, line) as copy_number, "
        f"{versions if latest else '1 as version_number'}, "
        f"min(content) over same_key <> max(content) over same_key as is_conflicting "
        f"from read_{name} semi join shared using ({key}) window same_key as (partition by delivery, excluded_by, {key})) "
        f"select file, line, {key}, case when latest is not null then version_number else copy_number end as copy_number, "
        "case when latest is not null and copy_number = 1 then 'OLDER_VERSION' else 'DUPLICATE_EXACT' end as copy_reason, "
        "is_conflicting and latest is null as is_conflicting from numbered "
        "where copy_number > 1 or is_conflicting or (latest is not null and version_number > 1)"
    )
    some = con.sql(f"select count(*) from copies_{name}").fetchall()[0][0]
    columns = "coalesce(copy_number, 1) as copy_number, copy_reason, coalesce(is_conflicting, false) as is_conflicting"
    joined = f"left join copies_{name} using (file, line, {key})"
    if not some:
        columns, joined = NO_COPIES, ""
    con.execute(
        f"create temp view new_{name} as select rows.* exclude (latest), {columns} from read_{name} as rows {joined}"
    )


def choose(
    con: duckdb.DuckDBPyConnection, extract: Extract, merges_contacts: bool, is_declared: bool
) -> None:
    """Of a delivery that is added: make again_<extract>, the lines to be judged (the new ones, and the kept ones that they bear
    upon), and source_<extract>, their rows.

    Kept rows come again that refer to a row judged again, that had lain after the as-of date, and that hang together with
    one of these by a tie: the same key; for calls, a lead with a transferred call; for leads that are merged, the contact.
    is_declared: there is an as-of date, before which plans (few) may lie no more.
    """
    name = extract.name
    every = f"(from kept_{name} union all by name from new_{name})"
    ties = [f"select file, line, hash({_identity(extract)}) as tie from {every}"]
    if name == "leads" and merges_contacts:
        ties.append(f"select file, line, content_but_key from {every} where contact_id is not null")
    if name == "calls":
        calls = f"{every} inner join lead_aliases using (lead_id)"
        passed_on = f"select kept_lead_id from {calls} where transferred = 'true'"
        ties.append(f"select file, line, hash(kept_lead_id) from {calls} where kept_lead_id in ({passed_on})")
    con.execute(f"create temp table ties_{name} as {' union all '.join(ties)}")
    seeds = [
        f"select file, line from new_{name}",
        f"select file, line from staged_{name} where reason = 'AFTER_AS_OF'",
    ]
    if is_declared and PLANS_AHEAD & {*extract.dates} & {*extract.required}:
        seeds.append(f"select file, line from kept_{name}")
    for column, parent in REFERENCES.items():
        if column in extract.columns and parent != name:
            seeds.append(
                f"select file, line from kept_{name} where {column} in (select {column} from source_{parent})"
            )
    con.execute(f"create temp table again_{name} as {' union '.join(seeds)}")
    more = f"insert into again_{name} select distinct file, line from ties_{name} where tie in "
    more += f"(select tie from ties_{name} semi join again_{name} using (file, line))"
    while con.execute(f"{more} except from again_{name}").fetchall()[0][0]:
        pass
    con.execute(
        f"create temp view source_{name} as from new_{name} union all by name "
        f"select * from kept_{name} semi join again_{name} using (file, line)"
    )


def supersede(
    con: duckdb.DuckDBPyConnection, extract: Extract, staging: str, parameters: Mapping_[str, object]
) -> None:
    """Mark the rows of source_<extract> that stand in a later delivery too: there they are older versions, or the same.

    A row that its rules refuse or leave out takes nobody's place: so those that stand in several deliveries are judged first,
    each as if it were alone.
    """
    name, identity = extract.name, _identity(extract)
    con.execute(
        f"create temp table several_{name} as select hash({identity}) as identity from source_{name} "
        "group by 1 having min(delivery) <> max(delivery)"
    )
    if not con.sql(f"select count(*) from several_{name}").fetchall()[0][0]:
        return
    con.execute(f"create temp table chosen_{name} as from source_{name}")
    con.execute(
        f"create or replace temp view source_{name} as from chosen_{name} where hash({identity}) in (from several_{name})"
    )
    con.execute(f"create temp table tried_{name} as {staging}", parameters)
    con.execute(
        f"create temp table older_{name} as "
        f"with standing as (select *, max(delivery) over (partition by {identity}) as latest from source_{name} semi join "
        f"(select file, line from tried_{name} where fate in ('used', 'merged')) using (file, line) where copy_number = 1) "
        f"select file, line, {extract.key}, case when bool_or(delivery = latest) over (partition by {identity}, content) "
        "then 'DUPLICATE_EXACT' else 'OLDER_VERSION' end as older_reason from standing qualify delivery < latest"
    )
    con.execute(
        f"create or replace temp view source_{name} as select chosen.* exclude (older_reason) replace ("
        f"case when older_reason is null then copy_number else 2 end as copy_number, "
        f"coalesce(older_reason, copy_reason) as copy_reason) "
        f"from (from chosen_{name} left join older_{name} using (file, line, {extract.key})) as chosen"
    )


def _identity(extract: Extract) -> str:
    """SQL of what tells a row from all others of its extract: a later delivery's takes its place."""
    return ", ".join(extract.versions)


def keep(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    """Add the new rows to kept_<extract>, but those that are rejected, which no delivery can change, and without what is
    personal: notes and telephone numbers are not kept, nor names in which such stand."""
    name = extract.name
    changed = {
        "phone": "null",
        "notes": "null",
        "campaign": "case when sensitive['campaign'] is null then campaign end",
    }
    replaced = [
        f"({sql})::varchar as {column}" for column, sql in changed.items() if column in extract.columns
    ]
    replaced += [] if name == "leads" else ["null::ubigint as content_but_key"]
    columns = f"* exclude (fault) replace ({', '.join(replaced)})" if replaced else "* exclude (fault)"
    rows = (
        f"select {columns} from new_{name} "
        f"anti join (select file, line from staged_{name} where fate = 'rejected' except all select file, line from "
        f"(select file, line from staged_{name} where fate <> 'rejected') semi join "
        f"(select file, line from staged_{name} where fate = 'rejected') using (file, line)) using (file, line)"
    )
    con.execute(f"create table if not exists kept_{name} as {rows} limit 0")
    con.execute(f"insert into kept_{name} by name {rows}")
