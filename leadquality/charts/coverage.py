"""A matrix of what each extract records month by month: stronger for more rows, hatched outside its window, crossed where few rows
find their partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from leadquality import words
from leadquality.charts.frame import said
from leadquality.charts.palette import INK, NEUTRAL, faded

EMPTY: Final = "Nothing is recorded yet."
CELL: Final = 26
"""Pixels of a row."""
ALPHAS: Final = ("00", "33", "66", "99", "cc")
"""Of a cell by its level: nothing, then by quarters of the largest month of the extract."""
HOVER: Final = "%{customdata[0]}, %{customdata[1]}<br>%{customdata[2]}<extra></extra>"
TICKS: Final = 3


def coverage(cells: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> go.Figure:
    """cells: rows of queries/evidence/matrix.sql; names: how each stream is called, in the order in which they are drawn."""
    if not cells:
        return said(EMPTY)
    months = sorted({cell["month_on"] for cell in cells})
    place = {month: at for at, month in enumerate(months)}
    drawn = [cell for stream in names for cell in cells if cell["stream"] == stream]
    figure = go.Figure()
    figure.add_bar(
        orientation="h",
        x=[0.94] * len(drawn),
        base=[place[cell["month_on"]] + 0.03 for cell in drawn],
        y=[words.plotly(names[cell["stream"]]) for cell in drawn],
        width=0.82,
        marker={
            "color": [
                faded(NEUTRAL, "00" if cell["is_outside"] else ALPHAS[cell["level"]]) for cell in drawn
            ],
            "line": {"color": faded(NEUTRAL, "66"), "width": 1},
            "pattern": {
                "shape": ["/" if cell["is_outside"] else "" for cell in drawn],
                "fgcolor": NEUTRAL,
                "size": 6,
                "solidity": 0.2,
            },
        },
        customdata=[
            [
                words.plotly(names[cell["stream"]]),
                words.plotly(words.month(cell["month_on"])),
                words.plotly(_told(cell)),
            ]
            for cell in drawn
        ],
        hovertemplate=HOVER,
    )
    low = [cell for cell in drawn if cell["is_low"]]
    figure.add_scatter(
        x=[place[cell["month_on"]] + 0.5 for cell in low],
        y=[words.plotly(names[cell["stream"]]) for cell in low],
        mode="markers",
        marker={"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": INK}},
        hoverinfo="skip",
    )
    step = max(1, len(months) // TICKS)
    ticks = list(range(0, len(months), step))
    figure.update_layout(
        height=CELL * len(names) + 48,
        margin={"t": 8, "b": 36, "l": 8, "r": 8},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
        bargap=0,
        barmode="overlay",
    )
    figure.update_xaxes(
        range=[0, len(months)],
        tickvals=[tick + 0.5 for tick in ticks],
        ticktext=[words.month(months[tick]) for tick in ticks],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        tickangle=0,
    )
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True, showgrid=False)
    return figure


def _told(cell: Mapping[str, Any]) -> str:
    """'1,204 rows, 98.2 % match', or that the month lies outside what the file covers."""
    parts = ["not in the file"] if cell["is_outside"] else [f"{words.count(cell['event_count'])} recorded"]
    if cell["match_rate"] is not None:
        parts.append(
            f"{words.share(cell['match_rate'])} match{', under the minimum' if cell['is_low'] else ''}"
        )
    return ", ".join(parts)
