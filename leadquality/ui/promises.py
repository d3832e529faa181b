"""Promises that wait: hand-offs and callbacks as lists with owner, age and missing item, and the file to take along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from leadquality import words
from leadquality.engine import Result
from leadquality.ui.ask import ask, rows_of
from leadquality.ui.frame import Frame
from leadquality.ui.panel import ROWS_SHOWN
from leadquality.ui.tables import table
from leadquality.verdict.evidence import not_available

OWNERLESS = "nobody named"
SEEN = 12
"""Rows of a list that are seen at once; it scrolls."""


def overdue(frame: Frame, *reports: str) -> pl.DataFrame:
    """The promises of these reports that wait longer than agreed, the oldest first; reports without their extract are left out."""
    found = [
        rows_of(frame, ask(frame, name), None, None, None).frame
        for name in reports
        if not ask(frame, name).unavailable
    ]
    late = [rows.filter(pl.col("is_counted")) for rows in found if rows.height]
    if not late:
        return pl.DataFrame()
    return pl.concat(late, how="diagonal_relaxed").sort(
        "waiting_days", "lead_id", "kind", descending=[True, False, False], nulls_last=True
    )


def promise_table(rows: pl.DataFrame, key: str, nothing: str) -> None:
    """At most 500 overdue promises: what, owner, lead, how long, what was agreed and what is missing."""
    lines = promise_lines(rows)
    table(
        [
            {name: words.one_line(value) if isinstance(value, str) else value for name, value in line.items()}
            for line in lines[:ROWS_SHOWN]
        ],
        key,
        nothing,
        SEEN,
        has_file=False,
    )
    if len(lines) > ROWS_SHOWN:
        st.caption(f"{ROWS_SHOWN} of {words.count(len(lines))} are shown; the download has all of them.")


def promise_lines(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """One line per overdue promise, in words, names as the data have them."""
    return [
        {
            "Waits for": row["kind"],
            "Owner": row["owner_id"] or OWNERLESS,
            "Lead": row["lead_id"] or words.missing("call without a lead"),
            "Channel": row["channel"],
            "Since": row["promised_at"].date(),
            "Days waiting": row["waiting_days"],
            "Days agreed": row["agreed_days"],
            "Missing at the hand-off": row["missing"] or words.missing(),
        }
        for row in rows.to_dicts()
    ]


def promise_download(frame: Frame, rows: pl.DataFrame) -> None:
    """The whole list as a CSV file that a spreadsheet opens as text, with the scope it was made for."""
    if rows.is_empty():
        return
    stamp = {
        "As of": frame.scope.as_of,
        "Snapshot": frame.snapshot.manifest.snapshot,
        "Scope": plain_scope(frame),
    }
    st.download_button(
        "Download the list (CSV)",
        words.csv_bytes([line | stamp for line in _bare(promise_lines(rows))]),
        f"action-list_asof-{frame.scope.as_of.isoformat()}.csv",
        "text/csv",
        key="action_list",
        on_click="ignore",
    )


def plain_scope(frame: Frame) -> str:
    """The filters in force without Markdown, for a file."""
    scope = frame.scope
    chosen = {
        "channel": scope.channels,
        "source": scope.sources,
        "segment": scope.segments,
        "region": scope.regions,
    }
    return (
        "; ".join(f"{name} {' or '.join(values)}" for name, values in chosen.items() if values) or "all leads"
    )


def absent(results: Sequence[Result]) -> None:
    """Say of each report that has no data what it needs."""
    for result in results:
        if result.unavailable:
            st.text(f"{result.kpi.title}. {not_available(result.unavailable)}")


def _bare(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Unknown as an empty cell: a dash would be text that a spreadsheet sorts."""
    return [
        {name: None if str(value).startswith(words.DASH) else value for name, value in line.items()}
        for line in lines
    ]
