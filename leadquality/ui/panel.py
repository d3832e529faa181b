"""Behind every number: its rows, the very SQL that ran with its parameters, and its definition in words."""

from __future__ import annotations

import json
from datetime import date

import streamlit as st

from leadquality import words
from leadquality.engine import Result
from leadquality.ui.ask import rows_of
from leadquality.ui.frame import Frame
from leadquality.ui.tables import foreign_table
from leadquality.verdict.evidence import rests_on

IN_VIEW = 12
"""Rows that stand on the page at once; the others are reached by scrolling in the table."""
ROWS_SHOWN = 500


def open_panel(
    frame: Frame,
    result: Result,
    channel: str,
    key: str,
    slice_: str | None = None,
    opened: bool = False,
    measure: str | None = None,
) -> None:
    """An expander with rows, SQL and definition of one result; channel, slice and measure narrow the rows, '' is all."""
    with st.expander(
        "Rows, SQL, definition", key=f"panel_{key}", on_change="rerun", expanded=opened
    ) as panel:
        if not panel.open:
            return
        rows, sql, definition = st.tabs(["Rows", "SQL", "Definition"], key=f"tabs_{key}", on_change="rerun")
        if rows.open:
            with rows:
                _rows(frame, result, channel, key, slice_, measure)
        if sql.open:
            with sql:
                _sql(result)
        if definition.open:
            with definition:
                _definition(result)


def _rows(
    frame: Frame, result: Result, channel: str, key: str, slice_: str | None, measure: str | None
) -> None:
    kpi = result.kpi
    if result.unavailable:
        st.text(f"Not available: {result.unavailable}.")
        return
    if not kpi.rows:
        st.text("No single rows stand behind this figure: it is computed from sums. See SQL.")
        return
    behind = rows_of(frame, result, channel or None, slice_, ROWS_SHOWN, measure)
    whose = f"{channel} " if channel else ""
    counted = f", {words.count(behind.counted)} of them counted" if behind.counted is not None else ""
    st.text(f"{words.count(behind.total)} {whose}{kpi.of}{counted}.")
    if behind.total > ROWS_SHOWN:
        st.caption(f"{ROWS_SHOWN} of {words.count(behind.total)} rows are shown.")
    foreign_table(behind.frame, f"rows_{key}", most=IN_VIEW)


def _sql(result: Result) -> None:
    st.code(result.kpi.sql, language="sql", height=320)
    st.caption(f"Bound parameters. Definition {result.kpi.digest}.")
    st.code(json.dumps(result.parameters, default=_iso, indent=2, ensure_ascii=False), language="json")


def _definition(result: Result) -> None:
    kpi = result.kpi
    st.text(f"{kpi.reads}\n\nJudged for: {kpi.headline}. {kpi.across}")
    if result.horizon:
        st.text(
            f"Age at which it is judged: inbound {result.horizon[0]} days, outbound {result.horizon[1]} days."
        )
    for caveat in kpi.caveats:
        st.text(f"Mind: {caveat}")
    st.text(f"Needs: {', '.join(kpi.needs)}. As of {words.day(result.evidence.scope.as_of)}.")
    known = result.evidence.plain()
    if said := rests_on(known["links"], known["windows"], known["left_out"]):
        st.text(said)


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
