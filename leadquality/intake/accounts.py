"""Accounts: for each extract and each of its files, rows read = used + merged + excluded + rejected, or the load stops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from leadquality.intake.reasons import example

FATES = ("used", "merged", "excluded", "rejected")


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of one extract, or of one of its files. reasons counts every row that was not used, by reason code;
    examples: where the first of each stands, its column and what is there, masked."""

    read: int
    used: int
    merged: int
    excluded: int
    rejected: int
    reasons: dict[str, int]
    examples: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.read != self.used + self.merged + self.excluded + self.rejected:
            raise AssertionError(f"rows do not add up: {self}")


def accounts_of(con: duckdb.DuckDBPyConnection, names: list[str]) -> dict[str, Account]:
    """Account of each staged extract; rows read are counted at the source, not from what was staged."""
    accounts = accounts_by_file(con, names)
    return {
        name: _sum(
            [account for (extract, _), account in accounts.items() if extract == name], _examples(con, name)
        )
        for name in names
    }


def accounts_by_file(con: duckdb.DuckDBPyConnection, names: list[str]) -> dict[tuple[str, str], Account]:
    """Account of each file of each staged extract, by (extract, file)."""
    accounts = {}
    for name in names:
        read = con.execute(
            "select file, sum(row_count)::bigint from read_rows where extract = $extract group by file",
            {"extract": name},
        ).fetchall()
        fates = con.execute(
            f"select file, fate, reason, count(*) from staged_{name} group by all "
            f"union all select file, 'rejected', reason, count(*) from aside_{name} group by all"
        ).fetchall()
        for file, rows in sorted(read):
            mine = [(fate, reason, count) for where, fate, reason, count in fates if where == file]
            counts = {wanted: sum(count for fate, _, count in mine if fate == wanted) for wanted in FATES}
            reasons = _reasons((reason, count) for fate, reason, count in mine if fate != "used")
            accounts[name, file] = Account(read=rows, reasons=reasons, **counts)
    return accounts


def _sum(parts: list[Account], examples: dict[str, str]) -> Account:
    counts = {name: sum(getattr(part, name) for part in parts) for name in ("read", *FATES)}
    reasons = _reasons(item for part in parts for item in part.reasons.items())
    return Account(reasons=reasons, examples=examples, **counts)


def _examples(con: duckdb.DuckDBPyConnection, extract: str) -> dict[str, str]:
    """By reason, the first row of an extract that is not used."""
    rows = con.execute(
        "select reason, unnest(arg_min({'file': file, 'line': line, 'field': field, 'found': found}, (file, line))) from "
        f"(select reason, file, line, field, found from staged_{extract} where fate <> 'used' "
        f"union all select reason, file, line, null, null from aside_{extract}) group by reason order by reason"
    ).fetchall()
    return {reason: example(*where) for reason, *where in rows}


def _reasons(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for reason, count in counts:
        total[reason] = total.get(reason, 0) + count
    return dict(sorted(total.items()))
