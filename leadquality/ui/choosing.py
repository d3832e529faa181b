"""A chart whose points can be clicked, and the select box that does the same from the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from leadquality import charts, words

KEY_LIMIT = 400


def chosen_on(
    figure: Any,
    key: str,
    alt: str,
    options: Sequence[str],
    label: str,
    placeholder: str,
    format_func: Callable[[str], str] = words.one_line,
) -> str | None:
    """Draw the figure and a select box under it; a click on a point sets the box. The option chosen, or None.

    The first entry of a point's customdata names its option, escaped by words.plotly. The choice lives in the box, because a
    selection in the figure is lost whenever the figure changes, and no key reaches it.
    """
    st.plotly_chart(
        figure,
        key=key,
        config=charts.CONFIG,
        alt=alt,
        on_select=partial(_take, key, tuple(options)),
        selection_mode="points",
    )
    if not options:
        return None
    return st.selectbox(
        label,
        list(options),
        index=None,
        format_func=format_func,
        placeholder=placeholder,
        key=f"chosen_{key}",
    )


def _take(key: str, options: Sequence[str]) -> None:
    """A click happened: put what it means into the select box; a click beside every point changes nothing."""
    option = clicked(st.session_state.get(key), options)
    if option is not None:
        st.session_state[f"chosen_{key}"] = option


def clicked(event: Any, options: Sequence[str]) -> str | None:
    """The option that the first selected point of a plotly event names, or None."""
    selected = (event or {}).get("selection", {}).get("points", [])
    data = selected[0].get("customdata") if selected else None
    named = data[0] if isinstance(data, list | tuple) and data else data
    return next((option for option in options if words.plotly(option, KEY_LIMIT) == named), None)
