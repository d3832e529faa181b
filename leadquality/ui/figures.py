"""Several KPIs as one table, each line with both channels, and one select box that opens what is behind a line."""

from __future__ import annotations

from typing import Any

import streamlit as st

from leadquality import words
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.engine import Result
from leadquality.ui.ask import ask
from leadquality.ui.cards import in_brief
from leadquality.ui.frame import Frame
from leadquality.ui.panel import open_panel
from leadquality.ui.served import kpis
from leadquality.ui.tables import table
from leadquality.verdict.evidence import doubts
from leadquality.verdict.figure import figure


def at_home(page: str, place: str) -> tuple[str, ...]:
    """Ids of the KPIs whose home is this place of this page (`-- home:` of their files), by id."""
    return tuple(kpi_id for kpi_id, kpi in kpis().items() if kpi.home == (page, place))


def figures_table(frame: Frame, kpi_ids: tuple[str, ...], key: str) -> None:
    """One line per KPI: both channels, what is counted, whether it may be judged; then the panel of the line chosen."""
    if not kpi_ids:
        return
    table([_line(ask(frame, kpi_id)) for kpi_id in kpi_ids], f"table_{key}")
    figure_panel(frame, kpi_ids, key)


def figure_panel(frame: Frame, kpi_ids: tuple[str, ...], key: str) -> None:
    """One select box over several KPIs, which opens rows, SQL and definition of the one chosen."""
    chosen = st.selectbox(
        "Open one of them",
        list(kpi_ids),
        index=None,
        format_func=lambda kpi_id: words.one_line(kpis()[kpi_id].title),
        placeholder="Choose one to see what is behind it",
        key=f"chosen_{key}",
    )
    if chosen:
        open_panel(frame, ask(frame, chosen), "", f"{key}_{chosen}", opened=True)


def detail(frame: Frame, page: str, title: str = "Further figures") -> None:
    """The KPIs that stand on this page in detail: a closed expander with one table."""
    with st.expander(title, key=f"detail_{page}", on_change="rerun") as inside:
        if inside.open:
            figures_table(frame, at_home(page, "detail"), f"detail_{page}")


def _line(result: Result) -> dict[str, Any]:
    kpi = result.kpi
    line: dict[str, Any] = {"KPI": kpi.title}
    if result.unavailable:
        return (
            line
            | dict.fromkeys((channel.capitalize() for channel in HEADLINE_CHANNELS), words.missing())
            | {
                "Judges": kpi.headline,
                "Note": f"Not available: {result.unavailable}.",
            }
        )
    notes = []
    for channel in HEADLINE_CHANNELS:
        row = result.first(channel)
        told = figure(kpi, row) if row is not None else None
        line[channel.capitalize()] = in_brief(told) if told else words.missing()
        if told:
            notes.append(
                " ".join(part for part in (f"{channel}:", told.basis, *told.extras, told.state) if part)
            )
    known = result.evidence.plain()
    if doubt := doubts(known["links"], known["left_out"]):
        notes.append(doubt)
    return line | {"Judges": kpi.headline, "Note": " ".join(notes) or f"No {kpi.of} in this scope."}
