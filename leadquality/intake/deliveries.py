"""Deliveries: folders of files that come one after the other, and how the rows of a later one bear upon those before.

A row counts as the latest delivery has it in which it stands. What the next delivery needs is kept in the database in which a
load works: staged_<extract>, what became of the rows, with what else they said but what is personal; kept_<extract> shows them
as they were read. Of these, a load reads only the rows that the new ones bear upon (`again`), and judges them by the same rules
once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, field
from typing import Final

import duckdb

from leadquality.catalogue import Extract
from leadquality.contracts import QUERIES, InputRefused
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
    """Raise InputRefused when rows find their lead by telephone, or are leads themselves: the numbers of the leads loaded before are
    not kept, nor which row was the first of a lead."""
    if mapping.leads:
        raise InputRefused(
            f'leads = "{mapping.leads}": which {mapping.leads} came first can be told only of all together; '
            "load all folders together: leadquality load DIR1 DIR2 ..."
        )
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
        con.execute(f"create temp table new_{name} as select *, {_kept(con, extract)} as kept from ({none})")
        return False
    rows = " union all by name ".join(
        f"({part})" for part in [f"select {HELPERS}, {columns} limit 0", *(read.rows for read in reads)]
    )
    con.execute(f"create temp view read_{name} as {rows}")
    for read in reads:
        con.execute(f"insert into aside_{name} {read.aside}")
    _mark_copies(con, extract, reads)
    _count(con, extract)
    return True


def _count(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    """Count the rows that were read by file, and those that carry each column."""
    name = extract.name
    con.execute(
        f"insert into read_rows select '{name}', file, count(*) from (select file from new_{name} union all "
        f"select file from aside_{name} where file not in (select file from read_rows where extract = '{name}')) group by file"
    )
    counts = ", ".join(f"count({column})" for column in extract.columns)
    con.execute(
        f"insert into filled_columns select '{name}', unnest($columns), unnest([{counts}]) from new_{name}",
        {"columns": list(extract.columns)},
    )


def derive(con: duckdb.DuckDBPyConnection, extract: Extract, base: str) -> None:
    """Make new_leads of the rows of another extract, which are filled already: the leads that no file lists."""
    name = extract.name
    rows = (QUERIES / "derived" / f"{name}_from_{base}.sql").read_text("utf-8")
    columns = ", ".join(f"null::varchar as {column}" for column in extract.columns)
    con.execute(f"create table if not exists aside_{name} (file varchar, line bigint, reason varchar)")
    con.execute(
        f"create temp table read_{name} as (select {HELPERS}, {columns} limit 0) union all by name ({rows})"
    )
    con.execute(
        f"create temp view new_{name} as select *, {_kept(con, extract)} as kept from "
        f"(select * exclude (latest), {NO_COPIES} from read_{name})"
    )
    _count(con, extract)


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
    some = con.execute(f"select count(*) from copies_{name}").fetchall()[0][0]
    columns = "coalesce(copy_number, 1) as copy_number, copy_reason, coalesce(is_conflicting, false) as is_conflicting"
    joined = f"left join copies_{name} using (file, line, {key})"
    if not some:
        columns, joined = NO_COPIES, ""
    con.execute(
        f"create temp view new_{name} as select *, {_kept(con, extract)} as kept from "
        f"(select rows.* exclude (latest), {columns} from read_{name} as rows {joined})"
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
    con.execute(  # a table: their lines leave staged_<extract> before they are judged
        f"create temp table back_{name} as select * from kept_{name} semi join again_{name} using (file, line)"
    )
    con.execute(f"create temp view source_{name} as from new_{name} union all by name from back_{name}")


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
    if not con.execute(f"select count(*) from several_{name}").fetchall()[0][0]:
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


def show_kept(con: duckdb.DuckDBPyConnection, extract: Extract, staged: Iterable[tuple[str, str]]) -> None:
    """Make the view kept_<extract>: the rows of staged_<extract> as they were read, but those that are rejected, which no
    delivery can change, and without what is personal. staged: name and type of the columns of staged_<extract>."""
    given = as_given(con, extract)
    plain = _plain(staged)
    columns = [f"{staged} as {ours}" for ours, staged in given.items()]
    columns += [
        f"nullif(coalesce(kept['{ours}'], {plain[ours]}), '') as {ours}"
        if ours in plain
        else f"kept['{ours}'] as {ours}"
        for ours in _told_apart(con, extract)
    ]
    content = f"coalesce(content, hash({', '.join(extract.columns)})) as content"
    # As it was before it was packed: the rows that come again are packed again.
    kept = f"{{{', '.join(f'{ours}: {ours}' for ours in _told_apart(con, extract))}}} as kept"
    con.execute(
        f"create or replace view kept_{extract.name} as select * replace ({content}), {kept} from "
        f"(select file, line, {', '.join(columns)} from staged_{extract.name} where kept is not null)"
    )


TOLD_OF_ROWS: Final = (
    "delivery",
    "excluded_by",
    "content",
    "sensitive",
    "copy_number",
    "copy_reason",
    "is_conflicting",
)
"""Helper columns that are kept; of leads content_but_key as well, by which contacts are found."""


def _kept(con: duckdb.DuckDBPyConnection, extract: Extract) -> str:
    """SQL of what a staged row carries along for the deliveries to come: a struct of what its other columns do not say. The hash
    of its contents can be worked out again, unless something private is part of it."""
    own = dict.fromkeys(extract.private, "null::varchar")
    hidden = ", ".join(f"{name}::varchar" for name in extract.private)
    own["content"] = (
        f"case when coalesce({hidden}, null) is not null then content end" if hidden else "null::ubigint"
    )
    parts = (f"{name}: {own.get(name, name)}" for name in _told_apart(con, extract))
    return f"{{{', '.join(parts)}}}"


PLAIN: Final = {
    "TIMESTAMP": "plain_stamp({0})",
    "BOOLEAN": "{0}::varchar",
    "DOUBLE": "plain_figure({0})",
    "DECIMAL(18,2)": "plain_figure({0})",
}
"""By the type of a staged column, SQL of the text that most exports have for it."""
STAGED_AS: Final = {
    "talk_s": "talk_seconds",
    "wrap_s": "wrap_seconds",
    "queue_s": "queue_seconds",
    "objection_raised": "is_objection_raised",
    "transferred": "is_transferred",
    "misroute": "is_misrouted",
    "do_not_call": "is_do_not_call",
}
"""Columns that have another name in a staged table."""


def _plain(staged: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By column of ours that is staged in a type of its own, SQL of its plain text."""
    kinds = dict(staged)
    names = {name: name for name in kinds} | {ours: name for ours, name in STAGED_AS.items() if name in kinds}
    return {ours: PLAIN[kinds[name]].format(name) for ours, name in names.items() if kinds[name] in PLAIN}


def packed(con: duckdb.DuckDBPyConnection, extract: Extract, staged: Iterable[tuple[str, str]]) -> str:
    """SQL of `kept` beside the typed columns of a staged row: a text that one of these says is left out, '' stands for none."""
    plain = _plain(staged)
    parts = (
        f"{ours}: case when kept['{ours}'] is distinct from {plain[ours]} then coalesce(kept['{ours}'], '') end"
        if ours in plain
        else f"{ours}: kept['{ours}']"
        for ours in _told_apart(con, extract)
    )
    return f"{{{', '.join(parts)}}}"


def find_legs(con: duckdb.DuckDBPyConnection, *, is_added: bool) -> None:
    """Tell the legs of transferred calls from calls, among those that are judged; where no call was transferred, there are none."""
    is_told = "select 1 from staged_calls where is_transferred limit 1"
    if not con.execute(is_told).fetchall():
        return
    judged = " semi join again_calls using (file, line)" if is_added else ""
    con.execute(f"create temp view judged_calls as from staged_calls{judged}")
    legs = (QUERIES / "derived" / "call_legs.sql").read_text("utf-8")
    con.execute(
        f"update staged_calls set fate = 'merged', reason = 'CALL_LEG', leg_of = legs.leg_of from ({legs}) as legs "
        "where staged_calls.file = legs.file and staged_calls.line = legs.line"
    )


def _told_apart(con: duckdb.DuckDBPyConnection, extract: Extract) -> list[str]:
    given = as_given(con, extract)
    return [name for name in (*TOLD_OF_ROWS, *extract.columns) if name not in given]


AS_GIVEN: dict[str, dict[str, str]] = {}
"""What as_given says, by the text of the rules."""


def as_given(con: duckdb.DuckDBPyConnection, extract: Extract) -> dict[str, str]:
    """Columns that the rules hand on as they were read: the name in source_<extract>, and in staged_<extract>."""
    if extract.sql not in AS_GIVEN:
        tree = json.loads(con.execute("select json_serialize_sql(?)", [extract.sql]).fetchall()[0][0])
        handed_on = [
            (each["column_names"][-1], each["alias"] or each["column_names"][-1])
            for each in tree["statements"][0]["node"]["select_list"]
            if "column_names" in each
        ]
        read = {*extract.columns, "content_but_key", "clues"} - {*extract.private}
        AS_GIVEN[extract.sql] = {source: staged for source, staged in handed_on if source in read}
    return AS_GIVEN[extract.sql]
