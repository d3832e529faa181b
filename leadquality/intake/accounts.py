"""Accounts: for each extract, rows read = used + merged + excluded + rejected, or the load stops."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

FATES = ("used", "merged", "excluded", "rejected")


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of one extract. reasons counts every row that was not used, by reason code."""

    read: int
    used: int
    merged: int
    excluded: int
    rejected: int
    reasons: dict[str, int]

    def __post_init__(self) -> None:
        if self.read != self.used + self.merged + self.excluded + self.rejected:
            raise AssertionError(f"rows do not add up: {self}")


def accounts_of(con: duckdb.DuckDBPyConnection, names: list[str]) -> dict[str, Account]:
    """Account of each staged extract; rows read are counted at the source, not from what was staged."""
    accounts = {}
    for name in names:
        read = con.sql(
            f"select (select count(*) from source_{name}) + (select count(*) from ragged_{name})"
        ).fetchall()[0][0]
        fates = dict(con.sql(f"select fate, count(*) from staged_{name} group by all").fetchall())
        reasons = dict(
            con.sql(
                f"select reason, count(*) from staged_{name} where fate <> 'used' group by all order by 1"
            ).fetchall()
        )
        ragged = con.sql(f"select count(*) from ragged_{name}").fetchall()[0][0]
        if ragged:
            reasons["ROW_WIDTH"] = ragged
        accounts[name] = Account(
            read=read,
            used=fates.get("used", 0),
            merged=fates.get("merged", 0),
            excluded=fates.get("excluded", 0),
            rejected=fates.get("rejected", 0) + ragged,
            reasons=dict(sorted(reasons.items())),
        )
    return accounts
