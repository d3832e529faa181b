"""Staging: the rules of queries/staging run over the source tables; each row gets a fate and, if not used, a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from leadquality.catalogue import Extract, load_extracts
from leadquality.catalogue.macros import needed
from leadquality.contracts import QUERIES, InputRefused
from leadquality.formats import Reader as FileReader
from leadquality.formats import read_apart
from leadquality.intake.against import most_frequent
from leadquality.intake.deliveries import (
    PLANS_AHEAD,
    Earlier,
    choose,
    derive,
    fill,
    find_legs,
    packed,
    refuse_row_numbers,
    show_kept,
    supersede,
)
from leadquality.intake.expressions import literal, near, quoted
from leadquality.intake.files import Files, Table
from leadquality.intake.findings import Told, keep_findings, keep_told
from leadquality.intake.folder import tables
from leadquality.intake.mapping import Mapping
from leadquality.intake.source import Reader
from leadquality.intake.spellings import keep_spellings, make_tables
from leadquality.intake.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Staged:
    """What the files gave: the as-of date in force, the day up to which events are recorded, the files read, which extracts
    were there, the last event of each, and the files that were passed over with the reason."""

    as_of: date
    last_on: date
    tables: dict[str, Table]
    extracts: dict[str, Extract]
    given: frozenset[str]
    ends: dict[str, date]
    ignored: dict[str, str]


def stage(
    con: duckdb.DuckDBPyConnection,
    folders: Path | Sequence[Path],
    mapping: Mapping,
    as_of: date | None,
    report: Callable[[str], None],
    work: Path,
    read: FileReader | None = None,
    earlier: Earlier | None = None,
    key: Callable[[], bytes] | None = None,
    told: Iterable[Told] = (),
) -> Staged:
    """Read every file of the mapping and run the staging rules: tables staged_<extract> and channel_rules in `con`.

    folders: the deliveries, the oldest first. earlier: what `con` holds from the loads before, to which they are added.
    as_of None: the mapping's, else the end of what was recorded: the last lead, call, meeting or creation of an
    opportunity. work: an empty folder that must last as long as the tables are used; read: how a file is read, in a process
    of its own unless it is known; key: of the tokens that stand for what is personal, asked for when one is needed; None: the
    load is a trial; told: findings about the files that are known already. Raises InputRefused.
    """
    folders = [folders] if isinstance(folders, Path) else list(folders)
    for folder in folders:
        if not folder.is_dir():
            raise InputRefused(f"{folder}: no such folder; give the folder that holds the extracts")
    if earlier or len(folders) > 1:
        refuse_row_numbers(mapping)
    con.execute(f"set timezone = '{mapping.zone}'")
    con.begin()  # one write to the disk instead of one for each of a hundred statements
    make_tables(con)
    tokens = Tokens(con, key)
    for statement in _macros():
        con.execute(statement)
    extracts = load_extracts()
    _refuse_unknown_extracts(mapping, extracts)
    _channel_rules(con, mapping)
    _declared_windows(con, mapping)
    declared = as_of or mapping.as_of
    parameters = {"as_of": declared, "policy": _policy(mapping)}
    before = earlier or Earlier()
    deliveries = [
        Files(con, folder, work / f"delivery_{number}", read or read_apart, number, before.files)
        for number, folder in enumerate(folders, start=before.deliveries + 1)
    ]
    readers = [Reader(con, mapping.over(tables(files.folder)), files, tokens) for files in deliveries]
    given = set(before.given)
    merges = mapping.policy.same_contact == "merge"
    _refuse_no_leads(mapping, extracts, readers, earlier)
    filled: dict[str, bool] = {}

    def read_files(extract: Extract) -> bool:
        """Read the files of an extract once; returns whether there is one."""
        if extract.name not in filled:
            if any(reader.sources(extract) for reader in readers):
                report(f"reading {extract.name}")
            filled[extract.name] = fill(con, readers, extract)
        return filled[extract.name]

    for name, extract in extracts.items():
        base = extracts[mapping.leads] if name == "leads" and mapping.leads else extract
        if read_files(base):
            given.add(name)
            if name == "leads":
                _refuse_unknown_clues(mapping, base, readers)
            rows = sum(reader.rows(extract) for reader in readers)
            if rows >= MANY:
                report(f"judging {rows:,} rows of {name}")
        if base is not extract:
            derive(con, extract, base.name)
        if earlier:
            choose(con, extract, merges, declared is not None)
        else:
            con.execute(f"create temp view source_{name} as from new_{name}")
        if earlier or len(folders) > 1:
            supersede(con, extract, *_bound(con, extract, parameters))
        _stage(con, extract, parameters, name in given, earlier is not None)
        if name == "calls" and name in given:
            find_legs(con, is_added=earlier is not None)
        show_kept(con, extract, COLUMNS[extract.sql])
        if name == "leads":
            con.execute(
                "create or replace table lead_aliases as select distinct lead_id, kept_lead_id from staged_leads "
                "where fate = 'used' or reason = 'SAME_CONTACT'"
            )
    keep_spellings(con, extracts, given, is_added=earlier is not None)
    keep_told(con, [*told, *_told_of_leads(mapping, given)])
    for files, reader in zip(deliveries, readers, strict=True):
        keep_findings(con, reader.mapping, files)
        if len(folders) + before.deliveries > 1 and not files.tables:
            raise InputRefused(
                f"{files.folder}: holds none of the files that the mapping names; a later export of another name is read where "
                "a glob under its [[source]] fits it"
            )
    con.commit()
    ends = _ends(con, extracts, given)
    leads = "leads" in given
    first = (
        _first(con)
        if leads
        else min((start for start, *_ in ends.values() if start is not None), default=None)
    )
    last = _recorded_until(con) or max(
        (used for _, used, _ in ends.values() if used is not None), default=first
    )
    if first is None or last is None:
        wanted = ["leads"] if leads else sorted(given)
        bases = [mapping.leads] if leads and mapping.leads else wanted
        named = ", ".join(source.file for source in mapping.source if source.extract in bases)
        raise InputRefused(
            f"{named}: no usable row in {' and '.join(wanted)}: {'; '.join(most_frequent(con, name) for name in wanted)}"
        )
    if declared is not None and declared < first:
        what = "the first lead was created" if leads else "the first row is"
        raise InputRefused(f"as of {declared}: before all data ({what} on {first}); give a later date")
    return Staged(
        as_of=declared or last,
        last_on=last,
        tables={files.label(name): table for files in deliveries for name, table in files.tables.items()},
        extracts=extracts,
        given=frozenset(given),
        ends={name: end for name, (*_, end) in ends.items() if end is not None},
        ignored={files.label(name): why for files in deliveries for name, why in files.ignored.items()},
    )


@cache
def _macros() -> tuple[str, ...]:
    """The macros that a load calls outside the SQL of a snapshot, in the order they need each other: half of all functions."""
    reading = [*(QUERIES / "reading").glob("*.sql")]
    rooms = ("staging", "derived", "evidence", "facts")
    here = Path(__file__).parent
    readers = [*reading, *here.glob("*.py"), *here.with_name("snapshot").glob("*.py")]
    readers += [path for room in rooms for path in (QUERIES / room).glob("*.sql")]
    functions = [
        path for path in (QUERIES / "functions").glob("*.sql") if not path.stem.startswith("setting")
    ]
    return tuple(path.read_text("utf-8") for path in needed([*functions, *reading], readers))


MANY: Final = 500_000
"""Rows of an extract from which on judging them takes long enough to be a step of its own."""


COLUMNS: dict[str, list[tuple[str, str]]] = {}
"""Name and type of the columns of a staged table, by the text of its rules: these say the same at every load."""


def _policy(mapping: Mapping) -> dict[str, object]:
    """The decisions of a site as the staging rules ask for them."""
    policy = mapping.policy
    return {
        "same_contact": policy.same_contact,
        "orphan_calls": policy.orphan_calls,
        "currency": policy.currency,
        "zero_amount": policy.zero_amount,
        "known_until": None
        if mapping.as_of is None
        else mapping.as_of + timedelta(days=policy.future_tolerance_days),
    }


def _bound(
    con: duckdb.DuckDBPyConnection, extract: Extract, parameters: Mapping_[str, object]
) -> tuple[str, dict[str, object]]:
    """The staging rules of an extract and the parameters that they name."""
    wanted = con.extract_statements(extract.sql)[0].named_parameters
    return extract.sql, {key: parameters[key] for key in wanted}


def _stage(
    con: duckdb.DuckDBPyConnection,
    extract: Extract,
    parameters: Mapping_[str, object],
    is_given: bool,
    is_added: bool,
) -> None:
    """Run the staging rules of one extract. is_added: put what they say of source_<extract> in the place of what was said
    of its lines before; touched_<extract> then holds the keys of these rows, before and after."""
    name = extract.name
    rules, bound = _bound(con, extract, parameters)
    if rules not in COLUMNS:
        COLUMNS[rules] = [row[:2] for row in con.execute(f"describe {rules}", bound).fetchall()]
    if not is_added and not is_given:
        columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in COLUMNS[rules])
        con.execute(f"create table staged_{name} ({columns})")
        return
    rows = f"select * replace ({', '.join(_shown(con, extract))}) from ({rules})"
    if not is_added:
        con.execute(f"create table staged_{name} as {rows}", bound)
        return
    touched = f"select {extract.key} from staged_{name} semi join again_{name} using (file, line)"
    con.execute(f"create temp table touched_{name} as {touched}")
    if not con.execute(f"select count(*) from again_{name}").fetchall()[0][0]:
        return
    judged = f"kept is not null and (file, line) in (select (file, line) from again_{name})"
    con.execute(f"delete from staged_{name} where {judged}")
    con.execute(f"insert into staged_{name} {rows}", bound)
    con.execute(f"insert into touched_{name} {touched}")


PARTNERS = {
    "LEAD_NOT_FOUND": "source_lead_id",
    "CALL_NOT_FOUND": "call_id",
    "OPPORTUNITY_NOT_FOUND": "opportunity_id",
}
"""By reason the column that names what was not found."""
HARMLESS = {"currency": "or regexp_full_match(currency, '[A-Z]{3}')"}


def _shown(con: duckdb.DuckDBPyConnection, extract: Extract) -> list[str]:
    """SQL of the columns of a staged row that are not kept as they are: what was found is masked, and of a row that is rejected,
    whose text may stand in any column, no text but its key, the lead it was found to belong to and the letters of a currency."""
    kept = {"file", "fate", "reason", "field", "found", extract.key, "lead_id", "kept_lead_id"}
    figures = (
        ", ".join(map(literal, (*extract.dates, *extract.numbers, *extract.money, *extract.flags))) or "''"
    )
    columns = COLUMNS[extract.sql]
    texts = [column for column, kind in columns if kind == "VARCHAR" and column not in kept]
    lost = {reason: key for reason, key in PARTNERS.items() if key in dict(columns)}
    keys = "".join(f"when reason = '{reason}' then mask({key}) " for reason, key in lost.items())
    named = "".join(
        f"when reason = '{reason}' then '{key.removeprefix('source_')}' " for reason, key in lost.items()
    )
    return [
        f"case {named}when true then field end as field",
        f"case {keys}when field in ({figures}) then mask_figure(found) else mask(found) end as found",
        f"case when fate <> 'rejected' then {packed(con, extract, columns)} end as kept",
        *(
            f"case when fate <> 'rejected' {HARMLESS.get(text, '')} then {text} end as {text}"
            for text in texts
        ),
    ]


def _refuse_unknown_extracts(mapping: Mapping, extracts: dict[str, Extract]) -> None:
    for source in mapping.source:
        if source.extract not in extracts:
            raise InputRefused(
                f"mapping: extract '{source.extract}' is unknown; there are {', '.join(extracts)}"
            )


def _refuse_no_leads(
    mapping: Mapping, extracts: dict[str, Extract], readers: list[Reader], earlier: Earlier | None
) -> None:
    """Raise InputRefused where the mapping names a file of leads that is not there, or no file of it is."""
    found = {name for name, extract in extracts.items() if any(reader.sources(extract) for reader in readers)}
    is_named = any(source.extract == "leads" for source in mapping.source)
    if earlier is None and "leads" not in found and (is_named or not found):
        raise InputRefused(readers[0].no_leads(), "NOT_FOUND")
    if mapping.leads and mapping.leads not in found:
        raise InputRefused(
            f'mapping: leads = "{mapping.leads}", and no file of {mapping.leads} is there', "NOT_FOUND"
        )


def _told_of_leads(mapping: Mapping, given: set[str]) -> Iterator[Told]:
    """That leads are made of other rows, or that there are none."""
    if mapping.leads:
        what = "caller, created at the first call" if mapping.leads == "calls" else "deal, created with it"
        title = f"No file lists the leads: there is one for each {what}"
        yield Told("leads_derived", title, "Nothing to do, if that is meant.", "leads", None, None)
    elif "leads" not in given:
        yield Told(
            "no_leads",
            "No leads are given: what is counted by lead or channel is not available",
            'Add a file of leads, or say in mapping.toml where they come from: leads = "calls" or leads = "opportunities".',
            "",
            None,
            None,
        )


def _refuse_unknown_clues(mapping: Mapping, leads: Extract, readers: list[Reader]) -> None:
    """Raise InputRefused for a rule of the channel that looks at a column which no file of leads has."""
    known = {*leads.columns}.union(*(reader.clued for reader in readers))
    names = (*leads.columns, *dict.fromkeys(name for reader in readers for name in reader.header(leads)))
    for rule in mapping.channel.rules:
        for field in rule.when:
            if field not in known:
                raise InputRefused(
                    f"mapping, channel rule '{rule.id}': no file of leads has the column '{field}'{near(field, names)}; "
                    "write a column of ours, or one of the file as it is spelt there"
                )


def _channel_rules(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    con.execute(
        "create or replace table channel_rules (rule_order integer, rule_id varchar, channel varchar, field varchar, found varchar)"
    )
    rows = [
        (order, rule.id, rule.channel, field, value)
        for order, rule in enumerate(mapping.channel.rules, start=1)
        for field, values in rule.when.items()
        for value in values
    ]
    if rows:
        con.executemany("insert into channel_rules values (?, ?, ?, ?, ?)", rows)


def _declared_windows(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """The times that the mapping says its files cover: of several files of an extract the widest."""
    con.execute(
        "create or replace table declared_windows (extract varchar, covers_from date, covers_until date, covers_all boolean)"
    )
    rows = []
    for name in dict.fromkeys(source.extract for source in mapping.source):
        sources = [source for source in mapping.source if source.extract == name]
        firsts = [source.covers_from for source in sources if source.covers_from]
        lasts = [source.covers_until for source in sources if source.covers_until]
        covers_all = all(source.covers == "all" for source in sources)
        rows.append((name, min(firsts, default=None), max(lasts, default=None), covers_all))
    names, begins, ends, wholes = map(list, zip(*rows, strict=True)) if rows else ([], [], [], [])
    con.execute(
        "insert into declared_windows select unnest($names), unnest($begins::date[]), unnest($ends::date[]), unnest($wholes::boolean[])",
        {"names": names, "begins": begins, "ends": ends, "wholes": wholes},
    )


def _first(con: duckdb.DuckDBPyConnection) -> date | None:
    """First creation of a lead that is not refused."""
    first: date | None = con.execute(
        "select min(created_at)::date from staged_leads where fate in ('used', 'excluded') and reason is distinct from 'test'"
    ).fetchall()[0][0]
    return first


def _recorded_until(con: duckdb.DuckDBPyConnection) -> date | None:
    """The last day on which a lead, a call, a meeting or the creation of an opportunity was recorded."""
    found: date | None = con.execute(
        (QUERIES / "evidence" / "recorded_until.sql").read_text("utf-8")
    ).fetchall()[0][0]
    return found


def _ends(
    con: duckdb.DuckDBPyConnection, extracts: dict[str, Extract], given: set[str]
) -> dict[str, tuple[date | None, date | None, date | None]]:
    """By extract: the days of the first and of the last event of any row that is used, and of the last of any that is not refused."""
    parts = []
    for name in given:
        columns = [column for column in extracts[name].dates if column not in PLANS_AHEAD]
        used, kept = (
            ", ".join([*(f"max({column}) filter (fate {fates})" for column in columns), "null::timestamp"])
            for fates in ("= 'used'", "<> 'rejected'")
        )
        begun = used.replace("max(", "min(")
        days = f"least({begun})::date, greatest({used})::date, greatest({kept})::date"
        parts.append(f"select '{name}', {days} from staged_{name}")
    return {name: (*days,) for name, *days in con.execute(" union all ".join(parts)).fetchall()}
