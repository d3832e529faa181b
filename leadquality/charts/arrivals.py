"""Arrivals by weekday and hour on the lead's own clock, and the hours in which most of them find somebody at work."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import framed, label, said, wrapped
from leadquality.charts.palette import INBOUND, INK

EMPTY: Final = "No map: no arrival has a time zone, a language and a day with recorded staff."
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORKDAY: Final = (8, 18)
"""Hours that are always drawn."""
NOTE: Final = 48
HOVER: Final = (
    "%{customdata[0]}<br>%{customdata[1]} arrivals<br>%{customdata[2]} find somebody at work<extra></extra>"
)


def arrivals(rows: polars.DataFrame, channel: str = "inbound", empty: str = EMPTY) -> go.Figure:
    """Heat map of the report arrival_hours, one slice: stronger where more arrive, framed where at least half are staffed.

    The last value of a cell's customdata is its place among cells(rows, channel), for a click.
    """
    every = cells(rows, channel)
    if not every:
        return said(empty)
    first, last = (
        min(WORKDAY[0], *(row["hour"] for row in every)),
        max(WORKDAY[1], *(row["hour"] for row in every)),
    )
    hours = list(range(first, last + 1))
    counts = {(row["weekday"], row["hour"]): row["denominator"] for row in every}
    figure = framed(left=40, right=8, bottom=98)
    figure.add_heatmap(
        x=hours,
        y=list(range(1, 8)),
        z=[[counts.get((day, hour)) for hour in hours] for day in range(1, 8)],
        colorscale=[[0, f"{INBOUND}14"], [1, f"{INBOUND}FF"]],
        zmin=0,
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
        name="arrivals",
    )
    # A heat map takes no click: a mark without colour in the middle of each cell does, and tells what the cell holds.
    figure.add_scatter(
        x=[row["hour"] for row in every],
        y=[row["weekday"] for row in every],
        mode="markers",
        name="cells",
        marker={"size": 24, "symbol": "square", "color": f"{INBOUND}00"},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[[*_hover(row), place] for place, row in enumerate(every)],
        hovertemplate=HOVER,
    )
    for day, start, end in _staffed(every):
        line = {"width": 2, "color": INK}
        figure.add_shape(x0=start - 0.5, x1=end + 0.5, y0=day - 0.48, y1=day + 0.48, type="rect", line=line)
    most = max(row["denominator"] for row in every)
    notes = (
        f"stronger: more arrivals, up to {words.count(most)} in an hour of the week; empty: nobody arrives",
        "framed: at least half of them find somebody at work who speaks their language",
    )
    text = "<br>".join(wrapped(note, NOTE) for note in notes)
    label(figure, text, x=0, xanchor="left", y=0, yanchor="top", yshift=-32, align="left")
    figure.update_layout(clickmode="event+select", hoverdistance=-1)
    ticks = [hour for hour in hours if hour % 2 == 0]
    figure.update_xaxes(
        range=[first - 0.5, last + 0.5], tickvals=ticks, ticktext=[f"{hour:02}" for hour in ticks]
    )
    figure.update_yaxes(range=[7.5, 0.5], tickvals=list(range(1, 8)), ticktext=list(DAYS), showgrid=False)
    return figure


def cells(rows: polars.DataFrame, channel: str = "inbound") -> list[dict[str, Any]]:
    """The hours of the week in which somebody arrived, Monday first."""
    if rows.is_empty():
        return []
    if rows["slice"].n_unique() > 1:
        raise ValueError("a figure draws one slice: filter the rows by `slice` first")
    found = rows.filter((polars.col("channel") == channel) & polars.col("weekday").is_not_null())
    return found.sort("weekday", "hour").to_dicts()


def _hover(row: dict[str, Any]) -> list[str]:
    told = (row["measure"], words.count(row["denominator"]), words.count(row["numerator"]))
    return [words.plotly(text) for text in told]


def _staffed(every: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """(weekday, first hour, last hour) of each unbroken stretch of hours in which most arrivals are staffed."""
    stretches = []
    staffed = [(row["weekday"], row["hour"]) for row in every if row["is_mostly_staffed"]]
    for _, run in groupby(enumerate(staffed), key=lambda each: (each[1][0], each[1][1] - each[0])):
        hours = [hour for _, hour in run]
        stretches.append((hours[0][0], hours[0][1], hours[-1][1]))
    return stretches
