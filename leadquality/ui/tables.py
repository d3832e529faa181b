"""The tables of the Data page: files, reasons, findings and rows left out, as the manifest and the snapshot hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import polars as pl
import streamlit as st

from leadquality import words
from leadquality.catalogue import load_extracts
from leadquality.intake.reasons import remedy_of
from leadquality.snapshot import Snapshot
from leadquality.ui.kept import read_once
from leadquality.ui.served import kpis
from leadquality.verdict.loads import Weight, resting_leads, resting_money

FATES = {"merged": "merged", "excluded": "left out by rule", "rejected": "refused"}
"""What becomes of a row that is not used, in the words of the table of extracts."""
YES = {True: "yes", False: "no"}
WIDE = 60
MANY = 6
NARROW = 42
"""Letters from which a column's text is wrapped, and its rows made higher; fewer beside more than six columns."""
BROKEN = 6
"""Letters that a line loses because words are not cut."""
LINE = 18
PADDING = 16
ROW = 35
"""Pixels of a row of the framework's tables."""
WRAPPED = 66
"""Pixels from which the framework wraps text at all."""
NAME = 170
LETTER = 6.6
"""Pixels of a first column that leaves room for the figures on a phone, and of a letter."""
MEASURED = 10
NAMED = 5
"""KPIs that are named of those that wait for an extract."""
FEW = 5
"""Rows by which the framework takes the width of a column; beside more than five, cells twice as long as the others do not count."""


def table(
    rows: Sequence[dict[str, Any]],
    key: str,
    nothing: str = "None.",
    most: int | None = None,
    has_file: bool = True,
) -> None:
    """Show rows at full height, or at that of `most` rows; where there are none, the sentence `nothing` instead of an empty grid.

    The same rows can be taken along as CSV, in which nothing is a formula, unless the caller has a file of its own (has_file False).
    """
    if not rows:
        st.text(nothing)
        return
    formats, height = _columns(rows)
    shown: Literal["content"] | int = (
        "content" if most is None or len(rows) <= most else ROW + (height or ROW) * most
    )
    st.dataframe(
        list(rows),
        hide_index=True,
        height=shown,
        key=key,
        column_config=formats,
        row_height=height,
        placeholder=words.missing(),
    )
    if shown != "content":
        st.caption(f"{most} of {words.count(len(rows))} rows are in view.")
    if not has_file:
        return
    st.download_button(
        "Download as CSV",
        partial(words.csv_bytes, list(rows)),
        f"leadquality_{key}.csv",
        "text/csv",
        key=f"{key}_csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def _columns(rows: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], int | None]:
    """How each column is shown, and the height of a row; None: as the framework has it."""
    numbers = [name for name in rows[0] if any(isinstance(row.get(name), int) for row in rows)]
    formats: dict[str, Any] = {name: st.column_config.NumberColumn(format="localized") for name in numbers}
    lengths = {name: [len(str(row.get(name) or "")) for row in rows] for name in rows[0]}
    letters, width = (WIDE, 400) if len(lengths) <= MANY else (NARROW, 280)
    a_line = letters - BROKEN
    long = {name: max(found) for name, found in lengths.items() if max(found) > letters}
    for name, found in lengths.items():
        if name in long:
            formats[name] = st.column_config.TextColumn(width=width)
        elif name not in numbers and max(found) > _measured(found):
            formats[name] = st.column_config.TextColumn(width=round(LETTER * max(found)) + PADDING)
    if not long:
        return formats, None
    first = next(iter(lengths))
    if first not in long and LETTER * max(lengths[first]) > NAME:
        formats[first] = st.column_config.TextColumn(width=NAME)
    return formats, max(WRAPPED, LINE * (1 + max(long.values()) // a_line) + PADDING)


def _measured(found: Sequence[int]) -> int:
    """The longest text that the framework fits a column to: of the first rows, and beside more than five not twice the usual."""
    first = found[:MEASURED]
    usual = sum(first) / len(first) + PADDING / LETTER
    return max((length for length in first if len(first) <= FEW or length < 2 * usual), default=0)


def foreign_table(rows: pl.DataFrame, key: str, nothing: str = "None.", most: int | None = None) -> None:
    """Rows of the snapshot as they are: text is shown on one line and as text, days as days, whether something is so as yes or no; at
    most `most` are in view."""
    table(
        [
            {
                name.replace("_", " "): words.one_line(value)
                if isinstance(value, str)
                else YES[value]
                if isinstance(value, bool)
                else value
                for name, value in row.items()
            }
            for row in rows.to_dicts()
        ],
        key,
        nothing,
        most,
    )


def accounts_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """One line per extract that was given: rows read = used + merged + left out by rule + refused."""
    fates = ("used", "merged", "excluded", "rejected")
    return [
        {
            "Extract": name,
            "Rows read": account["read"],
            "Used": account["used"],
            "Merged": account["merged"],
            "Left out by rule": account["excluded"],
            "Refused": account["rejected"],
            "Adds up": "yes" if account["read"] == sum(account[fate] for fate in fates) else "NO",
        }
        for name, account in snapshot.manifest.tables.items()
    ]


def data_title(snapshot: Snapshot) -> str:
    """'All 15 extracts accounted for; 17 of 101,322 rows refused; 3 optional extracts missing', or which sums are off."""
    lines = accounts_table(snapshot)
    off = [line["Extract"] for line in lines if line["Adds up"] == "NO"]
    if off:
        return f"Do not use: the rows of {', '.join(off)} do not add up"
    tables = snapshot.manifest.tables.values()
    refused, read = (sum(table[fate] for table in tables) for fate in ("rejected", "read"))
    missing = len(load_extracts()) - len(lines)
    absent = f"; {words.count(missing)} optional extracts missing" if missing else ""
    whole = f"All {words.count(len(lines))} extracts" if len(lines) > 1 else "The one extract given"
    return f"{whole} accounted for; {words.count(refused)} of {words.count(read)} rows refused{absent}"


def newest(snapshot: Snapshot) -> str:
    """'Newest call: 22 Nov 2026.', or that there is none."""
    found = _rows(snapshot, "select max(started_on) as newest_on from snapshot.fact_calls")[0]["newest_on"]
    return f"Newest call: {words.day(found)}." if found else "No calls."


def unlocked_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """One line per extract that was not given: what it holds, and the KPIs that wait for it."""
    return [
        {
            "Extract": name,
            "Columns": ", ".join(extract.columns),
            "KPIs that wait for it": _waiting(
                [
                    kpi.title
                    for kpi in kpis().values()
                    if any(need.partition(".")[0] == name for need in kpi.needs)
                ]
            ),
        }
        for name, extract in load_extracts().items()
        if name not in snapshot.manifest.tables
    ]


def _waiting(titles: Sequence[str]) -> str:
    """The first titles and how many more there are: one extract unlocks fifty, and every row is as high as the highest."""
    more = len(titles) - NAMED
    rest = f", and {words.count(more)} more (see Definitions)" if more > 0 else ""
    return f"{', '.join(titles[:NAMED])}{rest}"


def reasons_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Rows that were not used, grouped by what to do about them, with what rests on them and the first place to look.

    A row that was merged is used under another, so nothing rests on it.
    """
    weights = snapshot.manifest.weights
    rows = _rows(
        snapshot,
        "select extract, reason, fate, count(*) as row_count, min_by(file, line) as file, min(line) as first_line, "
        "min_by(field, line) as field, min_by(found, line) as found from snapshot.left_out_rows "
        "group by all order by row_count desc, extract, reason, fate",
    )
    return [
        {
            "Extract": row["extract"],
            "Rows": row["row_count"],
            "Fate": FATES[row["fate"]],
            "Reason": row["reason"],
            "Leads": _rests(resting_leads, weights, row),
            "Money that rests on them": _rests(resting_money, weights, row),
            "What to do": remedy_of(row["reason"]),
            "First at": f"{words.one_line(row['file'])}, line {words.count(row['first_line'])}",
            "Field": row["field"] or "",
            "Found": words.one_line(row["found"] or ""),
        }
        for row in rows
    ]


def _rests(say: Callable[[Weight], str], weights: Mapping[str, Weight], row: dict[str, Any]) -> str:
    return (
        "used once" if row["fate"] == "merged" else say(weights.get(f"{row['extract']} {row['reason']}", {}))
    )


def findings_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What the checks noticed, with the leads and the money that rest on the rows."""
    rows = _rows(
        snapshot,
        "select code, title, remedy, count(*) as row_count, min_by(file, line) as file, min(line) as first_line, "
        "min_by(found, line) as found "
        "from snapshot.findings group by code, title, remedy order by row_count desc, title",
    )
    weights = snapshot.manifest.weights
    return [
        {
            "Finding": row["title"],
            "Rows": row["row_count"],
            "Leads": resting_leads(weights.get(row["code"], {})),
            "Money that rests on them": resting_money(weights.get(row["code"], {})),
            "What to do": row["remedy"],
            "First at": f"{words.one_line(row['file'] or '')}, line {words.count(row['first_line'])}"
            if row["first_line"]
            else "",
            "Found": words.one_line(row["found"] or ""),
        }
        for row in rows
    ]


def left_out_table(snapshot: Snapshot, limit: int) -> tuple[list[dict[str, Any]], int]:
    """The first `limit` rows that were left out, and how many there are in all."""
    total: int = _rows(snapshot, "select count(*) as row_count from snapshot.left_out_rows")[0]["row_count"]
    rows = _rows(
        snapshot,
        f"select * from snapshot.left_out_rows order by fate desc, extract, file, line limit {limit:d}",
    )
    return [
        {name: words.one_line(value) if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ], total


def _rows(snapshot: Snapshot, statement: str) -> list[dict[str, Any]]:
    """The rows of a statement as values by column, read once for each snapshot; to be read, not changed."""
    return read_once(snapshot, ("table", statement), lambda cursor: cursor.sql(statement).pl().to_dicts())


def manifest_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The files the snapshot was made of."""
    return [
        {"File": words.one_line(name), "Bytes": file["size"], "SHA-256": file["sha256"]}
        for name, file in snapshot.manifest.files.items()
    ]
