"""Reps against the limits that chance draws around each of them: who lies outside is named, nobody is ranked."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import label, said, wrapped
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded

EMPTY: Final = "No rep is compared: in a channel 5 reps with 20 conversations each are needed."
ALONE: Final = "No rep is compared here: 5 reps with 20 conversations each are needed."
PANEL: Final = 190
HOVER: Final = (
    "%{customdata[0]}<br>%{customdata[1]} of %{customdata[2]} conversations<br>"
    "by chance %{customdata[3]} (95 %)<br>%{customdata[4]} (99.8 %)<extra></extra>"
)
LIMITS: Final = (("limit_low_998", "limit_high_998", 1), ("limit_low_95", "limit_high_95", 5))


def reps(rows: polars.DataFrame, empty: str = EMPTY) -> go.Figure:
    """One panel per channel: share of conversations that qualify against conversations, one dot a rep.

    rows are those of rep_consistency, one slice. The bars are each rep's own limits, 95 % thick and 99.8 % thin: where that
    rep would lie by chance with the same mix of sources and segments. The last value of a dot's customdata is its rep's place
    among compared(rows), for a click.
    """
    every = compared(rows)
    if not every:
        return said(empty)
    looks = [look for look in LOOKS if look.channel in set(rows["channel"])]
    figure = go.Figure()
    figure.set_subplots(rows=len(looks), cols=1, shared_xaxes=True, vertical_spacing=0.14)
    for panel, look in enumerate(looks):
        _panel(
            figure,
            [(place, row) for place, row in enumerate(every) if row["channel"] == look.channel],
            look,
            panel + 1,
        )
    figure.update_layout(
        height=PANEL * len(looks) + 40,
        margin={"t": 24, "b": 56, "l": 56, "r": 24, "autoexpand": False},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
        clickmode="event+select",
    )
    counts = [row["denominator"] for row in every]
    room = max(10.0, 0.15 * (max(counts) - min(counts)))
    figure.update_xaxes(
        showgrid=False, zeroline=False, fixedrange=True, range=[min(counts) - room, max(counts) + room]
    )
    title = {"text": "conversations of the rep", "standoff": 4, "font": {"size": 12}}
    figure.update_xaxes(title=title, row=len(looks), col=1)
    top = 1.1 * max(_of_100(max(row["share"], row["limit_high_998"])) for row in every)
    figure.update_yaxes(fixedrange=True, zeroline=False, range=[0, top], nticks=5)
    return figure


def compared(rows: polars.DataFrame) -> list[dict[str, Any]]:
    """The rows of reps that have limits, by channel and id: the dots of the figure, in the order of their places."""
    if rows.is_empty():
        return []
    if rows["slice"].n_unique() > 1:
        raise ValueError("a figure draws one slice: filter the rows by `slice` first")
    channels = [look.channel for look in LOOKS]
    found = rows.filter(polars.col("limit_low_95").is_not_null() & polars.col("channel").is_in(channels))
    return sorted(found.to_dicts(), key=lambda row: (channels.index(row["channel"]), row["measure"]))


def _panel(figure: go.Figure, dots: list[tuple[int, dict[str, Any]]], look: Look, row: int) -> None:
    at = {"row": row, "col": 1}
    axis = "" if row == 1 else str(row)
    # An axis without a trace is dropped in the browser, and its labels with it: they stand on the paper.
    low, high = figure.layout[f"yaxis{axis}"].domain
    text = words.plotly(f"{look.channel}, of 100 conversations")
    label(figure, text, look.text, x=0, y=high, xanchor="left", yanchor="bottom")
    if not dots:
        middle = (low + high) / 2
        label(figure, wrapped(ALONE), x=0.02, y=middle, xanchor="left", yanchor="middle", align="left")
        return
    for low, high, width in LIMITS:
        x = [value for _, rep in dots for value in (rep["denominator"], rep["denominator"], None)]
        y = [value for _, rep in dots for value in (_of_100(rep[low]), _of_100(rep[high]), None)]
        line = {"width": width, "color": faded(NEUTRAL) if width > 1 else f"{NEUTRAL}99"}
        figure.add_scatter(
            x=x, y=y, mode="lines", line=line, hoverinfo="skip", name=f"{look.channel} limits", **at
        )
    figure.add_scatter(
        x=[rep["denominator"] for _, rep in dots],
        y=[_of_100(rep["share"]) for _, rep in dots],
        mode="markers",
        name=look.channel,
        cliponaxis=False,
        marker={
            "color": look.colour,
            "opacity": 1,
            "symbol": [_symbol(look, rep) for _, rep in dots],
            "size": [13 if rep["is_outside_95"] else 8 for _, rep in dots],
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[[*_hover(rep), place] for place, rep in dots],
        hovertemplate=HOVER,
        **at,
    )
    for _, rep in dots:
        if rep["is_outside_95"]:
            _name(figure, rep, look, axis)


def _symbol(look: Look, rep: dict[str, Any]) -> str:
    """Full inside the limits and beyond both of them; open between the two, where chance puts one rep in twenty."""
    return f"{look.symbol}-open-dot" if rep["is_outside_95"] and not rep["is_outside_998"] else look.symbol


def _name(figure: go.Figure, rep: dict[str, Any], look: Look, axis: str) -> None:
    above = rep["share"] > rep["expected_share"]
    place = {"xref": f"x{axis}", "yref": f"y{axis}", "x": rep["denominator"], "y": _of_100(rep["share"])}
    anchor = {"xanchor": "right", "yanchor": "middle", "xshift": -12, "yshift": 2 if above else -2}
    label(figure, words.plotly(rep["measure"]), look.text, **place, **anchor)


def _hover(rep: dict[str, Any]) -> list[str]:
    return [
        words.plotly(rep["measure"]),
        words.plotly(words.count(rep["numerator"])),
        words.plotly(words.count(rep["denominator"])),
        words.plotly(words.span("ratio", rep["limit_low_95"], rep["limit_high_95"])),
        words.plotly(words.span("ratio", rep["limit_low_998"], rep["limit_high_998"])),
    ]


def _of_100(ratio: float) -> float:
    return round(100 * ratio, 4)
