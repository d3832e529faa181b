"""Behind every number: its rows, the very SQL that ran with its parameters, its definition in words, and all channels together."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import streamlit as st

from leadquality import words
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.engine import Result
from leadquality.ui.ask import rows_of, together
from leadquality.ui.frame import Frame
from leadquality.ui.served import kpis
from leadquality.ui.tables import foreign_table, table
from leadquality.verdict.evidence import rests_on
from leadquality.verdict.figure import figure

IN_VIEW = 12
"""Rows that stand on the page at once; the others are reached by scrolling in the table."""
ROWS_SHOWN = 500
TOGETHER = "All channels"


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
        names = ["Rows", "SQL", "Definition", *([TOGETHER] if result.kpi.kpi_id in kpis() else [])]
        rows, sql, definition, *pooled = st.tabs(names, key=f"tabs_{key}", on_change="rerun")
        if rows.open:
            with rows:
                _rows(frame, result, channel, key, slice_, measure)
        if sql.open:
            with sql:
                _sql(result)
        if definition.open:
            with definition:
                _definition(result)
        for tab in pooled:
            if tab.open:
                with tab:
                    _together(frame, result, key, slice_, measure)


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


def _together(frame: Frame, result: Result, key: str, slice_: str | None, measure: str | None) -> None:
    """The figure over the leads of every channel beside the two, line by line, or why there is none."""
    found = together(frame, result)
    if found.reason:
        st.text(f"The channels are not taken together: {found.reason}.")
        return
    st.caption(
        "The leads of every channel together, and what hangs on no lead. It moves with the mix of the channels, so it judges none of them."
    )
    wanted = [
        row
        for row in found.rows.to_dicts()
        if slice_ in (None, row["slice"]) and measure in (None, row.get("measure"))
    ]
    beside = {_line_of(row): row for row in result.lines}
    table([_pooled_line(result, row, beside) for row in wanted], f"together_{key}", most=IN_VIEW)


LINES = ("slice", "measure", "age_days")
"""What tells the lines of one channel apart."""


def _line_of(row: dict[str, Any], channel: str = "") -> tuple[Any, ...]:
    return (channel or row["channel"], *(row.get(name) for name in LINES))


def _pooled_line(
    result: Result, row: dict[str, Any], beside: dict[tuple[Any, ...], dict[str, Any]]
) -> dict[str, Any]:
    line: dict[str, Any] = {}
    if result.scope.slice_by:
        line[result.scope.slice_by.capitalize()] = words.one_line(row["slice"])
    if row.get("measure") is not None:
        line["Measure"] = words.one_line(str(row["measure"])).replace("_", " ")
    if row.get("age_days") is not None:
        line["Age"] = words.days(row["age_days"])
    told = figure(result.kpi, row)
    line["All channels"] = told.brief
    for channel in HEADLINE_CHANNELS:
        own = beside.get(_line_of(row, channel))
        line[channel.capitalize()] = figure(result.kpi, own).brief if own else words.missing()
    return line | {"Note": " ".join(part for part in (told.basis, *told.extras, told.state) if part)}


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
