"""A load against the one before: an extract that lost rows or goes back in time is not taken without being asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from leadquality.contracts import InputRefused
from leadquality.intake.accounts import Account

CONFIRM = 'if that is meant, confirm it: --confirm, or smaller_load = "accept" under [policy]'
ENOUGH = 0.5
"""Of the rows of the last load."""


def refuse_loss(
    before: Mapping[str, Mapping[str, Any]],
    ended: Mapping[str, str],
    accounts: Mapping[str, Account],
    ends: Mapping[str, date],
) -> None:
    """Raise InputRefused when an extract has fewer than half of its rows before, or ends earlier than it did.

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
        read, had = accounts[name].read if name in accounts else 0, rows["read"]
        if read < ENOUGH * had:
            raise InputRefused(
                f"{name}: {read:,} rows, fewer than half of the {had:,} loaded before; load the whole extract, or {CONFIRM}",
                "SHRUNK",
            )
