"""The tables of the Data page: files, reasons, findings and rows left out, as the manifest and the snapshot hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from leadquality import words
from leadquality.catalogue import load_extracts
from leadquality.snapshot import Snapshot
from leadquality.ui.served import kpis

REMEDIES = {
    "DUPLICATE_EXACT": "the row stands twice; one is used",
    "SAME_CONTACT": "one contact under two lead ids, all else equal; merged by the policy of the mapping",
    "LEAD_NOT_FOUND": "no lead with this id was used; add the lead, or correct the id",
    "AFTER_AS_OF": "later than the as-of date; it counts with the next load",
    "MISSING_VALUE": "a required value is blank; fill it in the source system",
    "BAD_DATE": "not a date in ISO form; declare date_formats in the mapping",
    "DATE_RANGE": "the year is not between 1990 and 2100; correct it at the source",
    "BAD_NUMBER": "not a number; correct it, or map another column",
    "OUT_OF_RANGE": "beyond the limit of the mapping; correct it, or raise max_amount",
    "AMOUNT_NOT_POSITIVE": "a deal needs an amount above 0; leave it blank when unknown",
    "CLOSED_BEFORE_CREATED": "closed before it was created; correct one of the dates",
    "CLOSED_WITHOUT_DATE": "won or lost without a closing date; add the date",
    "CONFLICTING_ROWS": "one id with different contents; nobody can say which is right",
    "UNKNOWN_VALUE": "the value has no entry under values in the mapping",
    "CURRENCY_MISMATCH": "another currency than the mapping's; convert it first",
    "HELD_BUT_NOT": "a held date on a meeting marked as not held",
    "ROW_WIDTH": "another number of fields than the header; check quotes and delimiters",
}


def table(rows: Sequence[dict[str, Any]], key: str, nothing: str = "None.") -> None:
    """Show rows at full height; where there are none, the sentence `nothing` instead of an empty grid."""
    if not rows:
        st.text(nothing)
        return
    numbers = [name for name in rows[0] if any(isinstance(row.get(name), int) for row in rows)]
    formats = {name: st.column_config.NumberColumn(format="localized") for name in numbers}
    st.dataframe(list(rows), hide_index=True, height="content", key=key, column_config=formats)


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


def not_given(snapshot: Snapshot) -> str:
    """Which extracts are missing, and how many KPIs wait for each, in one sentence."""
    missing = [name for name in load_extracts() if name not in snapshot.manifest.tables]
    waiting = {
        name: sum(any(need.partition(".")[0] == name for need in kpi.needs) for kpi in kpis().values())
        for name in missing
    }
    if not missing:
        return "All extracts are given."
    listed = ", ".join(f"{name} ({words.count(waiting[name])} KPIs wait for it)" for name in missing)
    return f"Not given: {listed}. Nothing is put in their place."


def reasons_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Rows that were not used, grouped by what to do about them, with the first place to look."""
    cursor = snapshot.cursor()
    rows = cursor.sql(
        "select extract, reason, fate, count(*) as row_count, min_by(file, line) as file, min(line) as first_line, "
        "min_by(field, line) as field, min_by(found, line) as found from snapshot.left_out_rows "
        "group by all order by row_count desc, extract, reason, fate"
    ).pl()
    cursor.close()
    return [
        {
            "Extract": row["extract"],
            "Rows": row["row_count"],
            "What became of them": row["fate"],
            "Reason": row["reason"],
            "What to do": REMEDIES.get(row["reason"], "a rule of the mapping leaves these out"),
            "First at": f"{words.one_line(row['file'])}, line {words.count(row['first_line'])}",
            "Field": row["field"] or "",
            "Found": words.one_line(row["found"] or ""),
        }
        for row in rows.to_dicts()
    ]


def findings_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What the checks noticed in rows that are used."""
    cursor = snapshot.cursor()
    rows = cursor.sql(
        "select title, remedy, count(*) as row_count, min_by(file, line) as file, min(line) as first_line, min_by(found, line) as found "
        "from snapshot.findings group by title, remedy order by row_count desc, title"
    ).pl()
    cursor.close()
    return [
        {
            "Finding": row["title"],
            "Rows": row["row_count"],
            "What to do": row["remedy"],
            "First at": f"{words.one_line(row['file'] or '')}, line {words.count(row['first_line'])}"
            if row["first_line"]
            else "",
            "Found": words.one_line(row["found"] or ""),
        }
        for row in rows.to_dicts()
    ]


def left_out_table(snapshot: Snapshot, limit: int) -> tuple[list[dict[str, Any]], int]:
    """The first `limit` rows that were left out, and how many there are in all."""
    cursor = snapshot.cursor()
    total = cursor.sql("select count(*) from snapshot.left_out_rows").fetchall()[0][0]
    rows = cursor.sql(
        "select * from snapshot.left_out_rows order by fate desc, extract, file, line limit $limit",
        params={"limit": limit},
    ).pl()
    cursor.close()
    return [
        {name: words.one_line(value) if isinstance(value, str) else value for name, value in row.items()}
        for row in rows.to_dicts()
    ], total


def manifest_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The files the snapshot was made of."""
    return [
        {"File": words.one_line(name), "Bytes": file["size"], "SHA-256": file["sha256"]}
        for name, file in snapshot.manifest.files.items()
    ]
