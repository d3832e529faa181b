"""A rehearsal of a load: what would become of every row, value, key and join, measured and not published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from leadquality.catalogue import Extract
from leadquality.contracts import QUERIES
from leadquality.intake.accounts import Account, accounts_of
from leadquality.intake.findings import Told, undecided
from leadquality.intake.mapping import Mapping as Rules
from leadquality.intake.staging import stage
from leadquality.intake.values import OWNERS, ValueCount, Vocabulary, read_values

SAMPLES: Final = 5
REFERRED_TO: Final = ("leads", "calls", "opportunities")
"""Extracts whose ids stand in the rows of others."""


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One of our columns as a file fills it: in how many rows, and with what (masked). required: no row is used without."""

    extract: str
    file: str
    column: str
    required: bool
    filled: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """Is the key one? repeated: rows whose key stands more than once; alike: rows that equal another in all but the key."""

    extract: str
    key: str
    rows: int
    distinct: int
    repeated: int
    alike: int


@dataclass(frozen=True, slots=True)
class JoinRate:
    """Of `asked` rows with a value to look up, `found` have a match; several: rows that more than one row fits.

    other_file: the file looked into, the extract whose id the column `lookup` holds, or '' for the telephone numbers of the leads.
    """

    extract: str
    file: str
    lookup: str
    other_file: str
    rows: int
    asked: int
    found: int
    several: int


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """Leads of a channel, by the rule that decided and the value it rests on."""

    channel: str
    rule: str
    evidence: str
    leads: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All that a load of these files would say; nothing of it is kept. Dates are of leads and of the last event; told: of each finding
    the title, the remedy and the first row; undecided: columns that decide and are not read."""

    as_of: date
    first_on: date | None
    last_on: date | None
    accounts: Mapping[str, Account]
    columns: tuple[ColumnUse, ...]
    values: tuple[ValueCount, ...]
    keys: tuple[KeyCheck, ...]
    joins: tuple[JoinRate, ...]
    channels: tuple[ChannelCount, ...]
    findings: Mapping[str, int]
    told: Mapping[str, Mapping[str, Any]]
    undecided: tuple[str, ...]

    @property
    def unmapped(self) -> tuple[ValueCount, ...]:
        """Values that mean nothing yet, the most frequent first. A rep needs no meaning."""
        return self._without_entry(are_owners=False)

    @property
    def owners(self) -> tuple[ValueCount, ...]:
        """Reps and owners whom no entry of the mapping names, the most frequent first: they are taken as they are spelt."""
        return self._without_entry(are_owners=True)

    def _without_entry(self, *, are_owners: bool) -> tuple[ValueCount, ...]:
        found = [
            value for value in self.values if not value.meaning and (value.place in OWNERS) == are_owners
        ]
        return tuple(sorted(found, key=lambda value: -value.count))

    @property
    def channel_split(self) -> dict[str, int]:
        split: dict[str, int] = {}
        for each in self.channels:
            split[each.channel] = split.get(each.channel, 0) + each.leads
        return split


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the load beside the same of the snapshot in force; None where there was none."""

    what: str
    before: int | str | None
    now: int | str | None


def rehearse(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    rules: Rules,
    known: Vocabulary,
    as_of: date | None = None,
    report: Callable[[str], None] = lambda _: None,
    told: Iterable[Told] = (),
    *,
    work: Path,
) -> Rehearsal:
    """Stage the files in `con`, a database of its own, and measure. known: the words that have a meaning; told: findings
    about the files.

    Raises InputRefused as a load would.
    """
    staged = stage(con, folder, rules, as_of, report, work, told=told)
    given = {name: extract for name, extract in staged.extracts.items() if name in staged.given}
    con.execute(f"create temp table fact_leads as {(QUERIES / 'facts' / 'leads.sql').read_text('utf-8')}")
    return Rehearsal(
        as_of=staged.as_of,
        first_on=_one(con, "select min(created_on) from fact_leads"),
        last_on=staged.last_on,
        accounts=accounts_of(con, list(given)),
        columns=tuple(use for extract in given.values() for use in _columns(con, extract)),
        values=tuple(read_values(con, staged, known, rules)),
        keys=tuple(_key(con, extract) for extract in given.values()),
        joins=tuple(_joins(con, given)),
        channels=tuple(
            ChannelCount(*row)
            for row in con.execute(
                "select channel, channel_rule, coalesce(channel_evidence, ''), count(*) from fact_leads "
                "group by all order by count(*) desc, 1, 2, 3"
            ).fetchall()
        ),
        findings=dict(
            con.execute("select code, count(*) from intake_findings group by code order by code").fetchall()
        ),
        told=dict(
            con.execute(
                "select code, arg_min({'title': title, 'remedy': remedy, 'file': file, 'line': line, 'found': mask(found)}, "
                "(coalesce(file, ''), coalesce(line, 0), coalesce(found, ''))) from intake_findings group by code order by code"
            ).fetchall()
        ),
        undecided=tuple(undecided(con)),
    )


def changes(
    rehearsal: Rehearsal, tables: Mapping[str, Mapping[str, int]], channels: Mapping[str, int], as_of: str
) -> list[Change]:
    """What differs from the snapshot in force: its accounts, its leads by channel and its as-of date ('' for none)."""
    found = [Change("as of", as_of or None, rehearsal.as_of.isoformat())]
    for name in dict.fromkeys([*tables, *rehearsal.accounts]):
        before, now = tables.get(name), rehearsal.accounts.get(name)
        found.append(Change(f"{name} used", before["used"] if before else None, now.used if now else None))
    split = rehearsal.channel_split
    found += [
        Change(f"leads {channel}", channels.get(channel), split.get(channel))
        for channel in sorted({*channels, *split})
    ]
    return [change for change in found if change.before != change.now]


def _one(con: duckdb.DuckDBPyConnection, statement: str) -> date | None:
    found: date | None = con.execute(statement).fetchall()[0][0]
    return found


def _columns(con: duckdb.DuckDBPyConnection, extract: Extract) -> Iterator[ColumnUse]:
    """File by file the columns that some row fills, and the required ones in any case."""
    for column in extract.columns:
        is_required = column in extract.required
        rows = con.execute(
            f"select file, count({column}), coalesce(list_transform(arg_min({column}, line, {SAMPLES}), lambda cell: mask(cell)), []) "
            f"from source_{extract.name} group by file having count({column}) > 0 or {is_required} order by file"
        ).fetchall()
        for file, filled, samples in rows:
            yield ColumnUse(extract.name, file, column, is_required, filled, tuple(samples))


def _joins(con: duckdb.DuckDBPyConnection, given: Mapping[str, Extract]) -> Iterator[JoinRate]:
    """The lookups of the mapping, then the ids of other extracts, file by file."""
    columns = (
        "extract, file, lookup, coalesce(other_file, ''), row_count, asked_count, found_count, several_count"
    )
    for row in con.execute(f"select {columns} from join_rates order by all").fetchall():
        yield JoinRate(*row)
    for other in (given[name] for name in REFERRED_TO if name in given):
        for extract in given.values():
            if extract is other or other.key not in extract.columns:
                continue
            rows = con.execute(
                f"select file, count(*), count({other.key}), "
                f"count(*) filter ({other.key} in (select {other.key} from source_{other.name})) "
                f"from source_{extract.name} where excluded_by is null group by file order by file"
            ).fetchall()
            for file, count, asking, found in rows:
                yield JoinRate(extract.name, file, other.key, other.name, count, asking, found, several=0)


def _key(con: duckdb.DuckDBPyConnection, extract: Extract) -> KeyCheck:
    row = con.execute(
        f"select count(*), count(distinct {extract.key}), count(*) filter (key_count > 1), "
        "count(*) filter (content_count > 1 and key_count = 1) from (select *, "
        f"count(*) over (partition by {extract.key}) as key_count, "
        f"count(*) over (partition by content_but_key) as content_count from source_{extract.name} "
        f"where excluded_by is null and {extract.key} is not null)"
    ).fetchall()[0]
    return KeyCheck(extract.name, extract.key, *row)
