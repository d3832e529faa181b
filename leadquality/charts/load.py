"""How long the slowest tenth of leads waits, from the calmest tenth of days to the busiest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import HEIGHT, framed, label, said, wrapped
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded

EMPTY: Final = "No tenth of days has 30 leads that were followed for a week."
STEPS: Final = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880)
"""Distances between the ticks, in minutes, that read well."""
NOTE: Final = 48
FOOT: Final = 96
GAPS: Final = 32
"""Pixels under the axis, and those of the two lines that say what a missing mark means."""
HOVER: Final = (
    "%{customdata[0]}<br>90 of 100 by %{customdata[1]} (%{customdata[2]})<br>"
    "%{customdata[3]} leads on %{customdata[4]} days<extra></extra>"
)


def load(rows: polars.DataFrame, channel: str = "inbound", empty: str = EMPTY) -> go.Figure:
    """Line over the tenths of the report response_by_load, one slice, with the range of each.

    A tenth without an estimate has no mark; a range without an upper end reaches to the edge. The last value of a mark's
    customdata is its place among tenths(rows, channel), for a click.
    """
    every = tenths(rows, channel)
    drawn = [(place, row) for place, row in enumerate(every) if row["estimate"] is not None]
    if not drawn:
        return said(empty)
    look = next(look for look in LOOKS if look.channel == channel)
    top = 1.15 * max(row["high"] or row["estimate"] for _, row in drawn)
    has_gaps = len(drawn) < len(every)
    foot = GAPS if has_gaps else 0
    figure = framed(left=64, right=16, bottom=FOOT + foot)
    figure.update_layout(height=HEIGHT + foot)
    _range(figure, [row for _, row in drawn], look, top)
    x, y = [row["tenth"] for row in every], [row["estimate"] for row in every]
    line = {"width": 2, "color": look.colour, "dash": look.dash}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name=f"{channel} line")
    figure.add_scatter(
        x=[row["tenth"] for _, row in drawn],
        y=[row["estimate"] for _, row in drawn],
        mode="markers",
        name=channel,
        cliponaxis=False,
        marker={"size": 9, "color": look.colour, "symbol": look.symbol},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[[*_hover(row), place] for place, row in drawn],
        hovertemplate=HOVER,
    )
    _words(figure, has_gaps)
    figure.update_layout(clickmode="event+select")
    text = [words.count(row["tenth"]) for row in every]
    figure.update_xaxes(range=[0.5, 10.5], tickvals=x, ticktext=text)
    ticks = _ticks(top)
    figure.update_yaxes(range=[0, top], tickvals=ticks, ticktext=[words.elapsed(tick) for tick in ticks])
    return figure


def tenths(rows: polars.DataFrame, channel: str = "inbound") -> list[dict[str, Any]]:
    """The tenths of days that the channel has, the calmest first."""
    if rows.is_empty():
        return []
    if rows["slice"].n_unique() > 1:
        raise ValueError("a figure draws one slice: filter the rows by `slice` first")
    return rows.filter(polars.col("channel") == channel).sort("tenth").to_dicts()


def tenth_name(row: Mapping[str, Any]) -> str:
    """'tenth 10 (4.7 to 8 arrivals per staffed hour)'."""
    low, high = (words.quantity(row[name]) for name in ("load_low", "load_high"))
    return f"tenth {row['tenth']} ({low} to {high} arrivals per staffed hour)"


def _range(figure: go.Figure, drawn: list[dict[str, Any]], look: Look, top: float) -> None:
    x = [value for row in drawn for value in (row["tenth"], row["tenth"], None)]
    y = [
        value
        for row in drawn
        for value in (
            row["low"] if row["low"] is not None else 0,
            row["high"] if row["high"] is not None else top,
            None,
        )
    ]
    line = {"width": 9, "color": faded(look.colour)}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="range")


def _words(figure: go.Figure, has_gaps: bool) -> None:
    below: dict[str, Any] = {"y": 0, "yanchor": "top", "yshift": -22}
    label(figure, "calmest days", x=0, xanchor="left", **below)
    label(figure, "busiest days", x=1, xanchor="right", **below)
    notes = ["tenths of days, by arrivals per staffed hour", "bar: range that fits the data"]
    if has_gaps:
        notes.append("no mark: fewer than 30 leads, or more than 10 of 100 without a response in a week")
    text = "<br>".join(wrapped(note, NOTE) for note in notes)
    label(figure, text, NEUTRAL, x=0, xanchor="left", y=0, yanchor="top", yshift=-40, align="left")


def _ticks(top: float) -> list[int]:
    step = next((step for step in STEPS if top / step <= 6), STEPS[-1])
    return list(range(0, int(top) + 1, step))


def _hover(row: dict[str, Any]) -> list[str]:
    return [
        words.plotly(tenth_name(row)),
        words.plotly(words.elapsed(row["estimate"])),
        words.plotly(words.span("minutes", row["low"], row["high"])),
        words.plotly(words.count(row["denominator"])),
        words.plotly(words.count(row["day_count"])),
    ]
