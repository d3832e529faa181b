"""The part of the Data page that says what earlier weeks say now: figures that changed since the load before, and their rows."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from leadquality import words
from leadquality.snapshot import Snapshot
from leadquality.ui.kept import read_once
from leadquality.ui.tables import table
from leadquality.verdict.loads import MEASURES, restated_sentence

KINDS: Final = {
    "late": "came late",
    "gone": "is gone",
    "changed": "changed",
}
NO_AMOUNT: Final = "no amount known"
MOST_ROWS: Final = 1_000
"""Rows listed on the page; how many there are in all stands above them."""


def restated_part(snapshot: Snapshot) -> None:
    """The sentence, the figures was and now, and in a closed expander the rows responsible."""
    said = snapshot.manifest.restated
    st.text(restated_sentence(said))
    weeks = restated_weeks(snapshot) if "not_compared" not in said and said else []
    if not weeks:
        return
    table(weeks, "restated_weeks", most=20)
    rows, total = restated_rows(snapshot, MOST_ROWS)
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


def restated_rows(snapshot: Snapshot, limit: int) -> tuple[list[dict[str, Any]], int]:
    """The first `limit` rows responsible, once for each figure they changed, and how many there are in all."""
    (total,) = _read(snapshot, "select count(*) as line_count from snapshot.restated_rows")
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
    ], total["line_count"]


def _read(snapshot: Snapshot, statement: str) -> list[dict[str, Any]]:
    return read_once(snapshot, ("restated", statement), lambda cursor: cursor.sql(statement).pl().to_dicts())


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
