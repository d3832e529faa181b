"""The frame of every page: scope controls bound to the address, and the stamp that says what is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import streamlit as st

from leadquality import words
from leadquality.contracts import AGE_GRID
from leadquality.engine import values
from leadquality.scope import Scope
from leadquality.snapshot import Snapshot
from leadquality.ui.served import served

KEY: Final = "_frame"
OWN: Final = "each KPI's own age"
FILTERS: Final = (
    ("channels", "channel"),
    ("sources", "source"),
    ("segments", "segment"),
    ("regions", "region"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page is drawn for: the open snapshot, the reader's scope, and the age chosen (None: each KPI's own)."""

    snapshot: Snapshot
    scope: Scope
    judge_at: int | None


def open_frame() -> None:
    """Draw the scope controls and keep the frame for the page that runs next. Called by app.py before the page."""
    st.session_state[KEY] = None
    snapshot = _snapshot_or_state()
    if snapshot is None:
        return
    known = values(snapshot.cursor())
    with st.expander("Leads shown: dates, channel, source, segment, region", key="filters"):
        st.button("Reset", on_click=_reset, help="Show all leads again")
        dates = st.grid(3, min_column_width=170)
        from_on = dates.date_input(
            "Created from", value=None, key="from", bind="query-params", format="YYYY-MM-DD"
        )
        to_on = dates.date_input("Created to", value=None, key="to", bind="query-params", format="YYYY-MM-DD")
        judge = dates.selectbox("Judge at (days)", [OWN, *map(str, AGE_GRID)], key="age", bind="query-params")
        lists = st.grid(4, min_column_width=200)
        chosen: dict[str, Any] = {
            field: tuple(
                lists.multiselect(
                    dimension.capitalize(),
                    known[dimension],
                    key=dimension,
                    bind="query-params",
                    format_func=words.one_line,
                )
            )
            for field, dimension in FILTERS
        }
    if isinstance(from_on, date) and isinstance(to_on, date) and from_on > to_on:
        st.error(
            f"Created from {words.day(from_on)} lies after {words.day(to_on)}. Swap the two dates, or press Reset."
        )
        st.stop()
    scope = Scope(
        as_of=snapshot.as_of,
        from_on=from_on if isinstance(from_on, date) else None,
        to_on=to_on if isinstance(to_on, date) else None,
        **chosen,
    ).backed(snapshot.as_of)
    st.session_state[KEY] = Frame(snapshot, scope, int(judge) if judge and judge != OWN else None)


def frame() -> Frame:
    """The frame that app.py opened; run alone, a page shows all leads of the served snapshot."""
    if st.session_state.get(KEY) is None:
        snapshot = _snapshot_or_state()
        if snapshot is None:
            st.stop()
        return Frame(snapshot, Scope(as_of=snapshot.as_of).backed(snapshot.as_of), None)
    found: Frame = st.session_state[KEY]
    return found


def _snapshot_or_state() -> Snapshot | None:
    """The served snapshot; without one, the sentence that says what to do."""
    snapshot, problem = served()
    if snapshot is None and KEY not in st.session_state:
        st.session_state[KEY] = None
    if problem and snapshot is not None:
        st.warning(
            f"The newest load cannot be shown: {words.md(problem, limit=400)} An earlier one is shown, as of {words.day(snapshot.as_of)}."
        )
    elif snapshot is None and st.session_state.get("_said") != "no data":
        st.info(
            f"{words.md(problem, limit=400)}"
            if problem
            else "No data yet. Load your extracts (see Data), or look around with the sample: `make sample`."
        )
    return snapshot


def _reset() -> None:
    """Every control back to its default, which also empties the address."""
    for key in ("from", "to"):
        st.session_state[key] = None
    st.session_state["age"] = OWN
    for _, dimension in FILTERS:
        st.session_state[dimension] = []
