"""A figure whose marks open rows: a click sets the select box under it, and the select box is all that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from leadquality import words
from leadquality.charts import CONFIG

HINT = "Click a mark, or choose here, to open its rows"


def chosen_mark(
    figure: Any, marks: Mapping[str, Mapping[str, Any]], key: str, label: str, alt: str
) -> Mapping[str, Any] | None:
    """Draw the figure and a select box over its marks; the row of the mark chosen, or None. Without marks nothing is drawn.

    marks: rows by the name in the select box, in the order of their places; the last value of a mark's customdata is its place.
    """
    names = list(marks)
    box = f"{key}_mark"
    if not names:
        return None
    st.plotly_chart(
        figure,
        key=key,
        config=CONFIG,
        alt=alt,
        on_select=partial(_clicked, key, box, names),
        selection_mode="points",
    )
    if st.session_state.get(box) not in names:
        st.session_state[box] = None
    name = st.selectbox(label, names, index=None, key=box, format_func=words.one_line, placeholder=HINT)
    return marks[name] if name else None


def _clicked(key: str, box: str, names: Sequence[str]) -> None:
    """A click puts its mark into the select box; a click beside all marks changes nothing."""
    for point in st.session_state[key]["selection"]["points"]:
        place = (point.get("customdata") or [None])[-1]
        if isinstance(place, int) and 0 <= place < len(names):
            st.session_state[box] = names[place]
            return
