"""The part of the Data page that says what earlier weeks say now: figures that changed since the load before, and their rows."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from leadquality import words
from leadquality.snapshot import Snapshot
from leadquality.ui.tables import table
from leadquality.verdict.loads import MEASURES, restated_sentence

KINDS: Final = {
    "late": "came late",
    "gone": "is gone",
    "changed": "changed",
}
NO_AMOUNT: Final = "no amount known"
MOST_ROWS: Final = 1_000
"""Rows listed on the page; the sentence counts all of them."""


def restated_part(snapshot: Snapshot) -> None:
    """The sentence, the figures was and now, and in a closed expander the rows responsible."""
    said = snapshot.manifest.restated
    st.text(restated_sentence(said))
    if not said.get("rows_responsible"):
        return
    table(restated_weeks(snapshot), "restated_weeks", most=20)
    rows = restated_rows(snapshot, MOST_ROWS)
    total = said["rows_responsible"]
    with st.expander(
        f"The rows responsible ({words.count(len(rows))} of {words.count(total)})", key="restated"
    ):
        table(rows, "restated_rows", most=20)


def restated_weeks(snapshot: Snapshot) -> list[dict[str, Any]]:
    """One line per figure of an earlier week whose rows changed, the newest week first."""
    return [
        {
            "Week": words.week(row["week_on"]),
            "Channel": words.one_line(row["channel"]),
            "Figure": MEASURES[row["measure"]],
            "Was": words.exact(_code(row["currency"]), row["was"], NO_AMOUNT),
            "Now": words.exact(_code(row["currency"]), row["says_now"], NO_AMOUNT),
            "Difference": _signed(_code(row["currency"]), row["difference"]),
            "Came late": row["late_count"],
            "Gone": row["gone_count"],
            "Changed": row["changed_count"],
        }
        for row in _read(snapshot, "select * from snapshot.restated_weeks")
    ]


def restated_rows(snapshot: Snapshot, limit: int) -> list[dict[str, Any]]:
    """The first `limit` rows responsible: the row, its lead, and what it said then and says now."""
    return [
        {
            "Figure": MEASURES[row["measure"]],
            "Row": words.one_line(row["row_id"]),
            "Lead": words.one_line(row["lead_id"]),
            "What happened": KINDS[row["kind"]],
            "Was": _state(row, "was"),
            "Now": _state(row, "now"),
        }
        for row in _read(snapshot, f"select * from snapshot.restated_rows limit {limit:d}")
    ]


def _read(snapshot: Snapshot, statement: str) -> list[dict[str, Any]]:
    cursor = snapshot.cursor()
    rows: list[dict[str, Any]] = cursor.sql(statement).pl().to_dicts()
    cursor.close()
    return rows


def _code(currency: str | None) -> str | None:
    return words.one_line(currency) if currency else None


def _signed(currency: str | None, difference: float | None) -> str:
    """'+2', '+EUR 500', '0'; less than 0 with a true minus."""
    if not difference:
        return words.exact(currency, difference, NO_AMOUNT)
    return f"{words.MINUS if difference < 0 else '+'}{words.exact(currency, abs(difference))}"


def _state(row: dict[str, Any], side: str) -> str:
    """'2025-W10, 4 Mar 2025, inbound, EUR 500', or that the figure did not count the row."""
    if row[f"{side}_on"] is None:
        return "not counted"
    parts = [
        words.week(row[f"{side}_week_on"]),
        words.day(row[f"{side}_on"]),
        words.one_line(row[f"{side}_channel"]),
    ]
    if row["measure"] == "won":
        parts.append(words.exact(_code(row[f"{side}_currency"]), row[f"{side}_amount"], NO_AMOUNT))
    return ", ".join(parts)
