"""The gate before publishing: an extract that lost its rows, has most of them rejected, or goes back in time is not taken without
being asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import duckdb

from leadquality.contracts import InputRefused
from leadquality.intake.accounts import Account
from leadquality.intake.reasons import example, remedy_of

CONFIRM: Final = "if that is meant, confirm it (--confirm, or the tick on the page Load)"
CONFIRMABLE: Final = ("SHRUNK", "STALE", "MOSTLY_REJECTED")
"""Codes of refusals that a person may overrule."""
ENOUGH: Final = 0.5
"""Of the rows used in the last load."""


def refuse_loss(
    con: duckdb.DuckDBPyConnection,
    before: Mapping[str, Mapping[str, Any]],
    ended: Mapping[str, str],
    accounts: Mapping[str, Account],
    ends: Mapping[str, date],
) -> None:
    """Raise InputRefused when an extract has fewer than half of the usable rows it had, or ends earlier than it did.

    before and ended: row accounts and last days of the snapshot in force, by extract.
    """
    for name, last in ended.items():
        if name in ends and ends[name].isoformat() < last:
            raise InputRefused(
                f"{name}: the extract ends on {ends[name]}, so it is older than what was loaded before (up to {last}); "
                f"load the newer one, or {CONFIRM}",
                "STALE",
            )
    for name, rows in before.items():
        used, had = accounts[name].used if name in accounts else 0, rows["used"]
        if used < ENOUGH * had:
            account = accounts.get(name)
            lost = "excluded" if account and account.excluded > account.rejected else "rejected"
            cause = (
                f": {most_frequent(con, name, lost)}"
                if account and account.excluded + account.rejected
                else ""
            )
            raise InputRefused(
                f"{name}: {used:,} usable rows, fewer than half of the {had:,} of the last load{cause}; "
                f"load the whole extract, or {CONFIRM}",
                "SHRUNK",
            )


def refuse_rejected(
    con: duckdb.DuckDBPyConnection, accounts: Mapping[tuple[str, str], Account], most: float
) -> None:
    """Raise InputRefused when more than the share `most` of the rows of an extract is rejected.

    accounts: of the files of this load, by (extract, file). Rows that are merged or excluded do not count; where more are excluded
    than judged, that is said too.
    """
    for name in dict.fromkeys(extract for extract, _ in accounts):
        files = [account for (extract, _), account in accounts.items() if extract == name]
        rejected = sum(account.rejected for account in files)
        judged = rejected + sum(account.used for account in files)
        excluded = sum(account.excluded for account in files)
        if judged and rejected > most * judged:
            beside = (
                f"; {excluded:,} further rows are excluded: {most_frequent(con, name, 'excluded')}"
                if excluded > judged
                else ""
            )
            raise InputRefused(
                f"{name}: {rejected:,} of {judged:,} rows are rejected, more than {most:.0%}: {most_frequent(con, name)}{beside}; "
                f"correct them, or {CONFIRM}",
                "MOSTLY_REJECTED",
            )


def most_frequent(con: duckdb.DuckDBPyConnection, extract: str, fate: str = "rejected") -> str:
    """The reason for which most rows of an extract have this fate: '32 BAD_NUMBER, first in calls.csv, line 2, talk_s = "long": ...'."""
    rows = con.execute(
        "select reason, count(*), arg_min((file, line, field, found), (file, line)) from "
        f"(select reason, file, line, field, found from staged_{extract} where fate = $fate "
        f"union all select reason, file, line, null, null from aside_{extract} where $fate = 'rejected') "
        "group by reason order by count(*) desc, reason limit 1",
        {"fate": fate},
    ).fetchall()
    if not rows:
        is_empty = not con.execute(f"from staged_{extract} limit 1").fetchall()
        return "there is no row" if is_empty else "all rows are merged, or excluded by the mapping"
    reason, count, where = rows[0]
    return f"{count:,} {reason}, first in {example(*where)}: {remedy_of(reason)}"
