"""Asks the engine for a KPI in the page's frame; the same question is computed once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from leadquality import words
from leadquality.engine import Result, run
from leadquality.scope import Scope
from leadquality.snapshot import Snapshot
from leadquality.ui.frame import Frame
from leadquality.ui.served import kpis


def ask(frame: Frame, kpi_id: str, horizon: int | None = None) -> Result:
    """The KPI over the frame's scope at its own horizon, or at `horizon` days."""
    return _asked(frame.snapshot.manifest.snapshot, frame.scope, kpi_id, horizon, frame.snapshot)


@st.cache_resource(max_entries=256, show_spinner=False)
def _asked(snapshot_id: str, scope: Scope, kpi_id: str, horizon: int | None, _snapshot: Snapshot) -> Result:
    cursor = _snapshot.cursor()
    try:
        return run(cursor, kpis()[kpi_id], scope, horizon)
    finally:
        cursor.close()


def cohort_values(frame: Frame) -> str:
    """The stamp: leads per channel, cohort dates, as-of and filters, in words."""
    young = ask(frame, "judged_too_early_share")
    rows = [row for row in young.rows.to_dicts() if row["denominator"]]
    listed = ", ".join(f"{words.count(row['denominator'])} {row['channel']}" for row in rows)
    return f"{listed or 'No leads match'}; created {_cohort(frame)}; as of {words.day(frame.scope.as_of)}. Filters: {_filters(frame)}."


def _cohort(frame: Frame) -> str:
    scope = frame.scope
    if scope.from_on is None and scope.to_on is None:
        return "on any day"
    start = f"from {words.day(scope.from_on)} " if scope.from_on else ""
    return f"{start}{f'to {words.day(scope.to_on)}' if scope.to_on else 'on'}".strip()


def _filters(frame: Frame) -> str:
    scope = frame.scope
    parts: list[tuple[str, Any]] = [
        ("channel", scope.channels),
        ("source", scope.sources),
        ("segment", scope.segments),
        ("region", scope.regions),
    ]
    said = [f"{name} {words.md(' or '.join(chosen))}" for name, chosen in parts if chosen]
    return ", ".join(said) or "none"
