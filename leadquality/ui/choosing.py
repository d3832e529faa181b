"""A chart whose points can be clicked, and the select box that does the same from the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import polars
import streamlit as st

from leadquality import charts, words
from leadquality.ui.kept import drawn_once

KEY_LIMIT = 400


def chosen_on(
    figure: Any,
    key: str,
    alt: str,
    options: Sequence[str],
    label: str,
    mark: str,
    format_func: Callable[[str], str] = words.one_line,
) -> str | None:
    """Draw the figure and a select box under it; a click on a point sets the box. The option chosen, or None.

    A point's customdata names its option: its place among the options as last value, or the option itself, escaped by
    words.plotly, as first. The choice lives in the box, because a selection in the figure is lost whenever the figure
    changes, and no key reaches it. mark: what of the figure is clicked (its bar, dot, line). figure None is a table's box.
    """
    box = f"chosen_{key}"
    if figure is not None:
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
    if st.session_state.get(box) not in options:
        st.session_state[box] = None
    hint = f"Choose one, or click its {mark}"
    return st.selectbox(label, list(options), index=None, format_func=format_func, placeholder=hint, key=box)


def chosen_age(
    rows: polars.DataFrame, ages: tuple[int, ...], judge_at: int, alt: str
) -> tuple[str, int] | None:
    """The curves of both channels and a select box over their marks; the channel and age chosen, or None."""
    marks = {
        f"{channel}, by {words.days(age)}": (channel, age)
        for channel, age in charts.marked_ages(rows, (*ages, judge_at))
    }
    name = chosen_on(
        drawn_once(charts.equal_age, rows, ages, judge_at),
        "curve",
        alt,
        list(marks),
        "The leads of one point",
        "mark",
    )
    return marks[name] if name else None


def _take(key: str, options: Sequence[str]) -> None:
    """A click happened: put what it means into the select box; a click beside every point changes nothing."""
    option = clicked(st.session_state.get(key), options)
    if option is not None:
        st.session_state[f"chosen_{key}"] = option


def clicked(event: Any, options: Sequence[str]) -> str | None:
    """The option that the first selected point of a plotly event names, or None."""
    selected = (event or {}).get("selection", {}).get("points", [])
    data = selected[0].get("customdata") if selected else None
    values = data if isinstance(data, list | tuple) else [data]
    place = values[-1] if values else None
    if isinstance(place, int) and not isinstance(place, bool):
        return options[place] if 0 <= place < len(options) else None
    return next(
        (option for option in options if values and words.plotly(option, KEY_LIMIT) == values[0]), None
    )
