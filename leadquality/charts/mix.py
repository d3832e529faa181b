"""The gap of two channels as a waterfall: inbound + like for like + mix = outbound."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import TOP, label, said
from leadquality.charts.palette import INBOUND, INBOUND_TEXT, NEUTRAL, OUTBOUND, OUTBOUND_TEXT, faded

EMPTY: Final = "No segment has leads of both channels, so the gap cannot be split."
STEPS: Final = ("inbound", "like for like", "by mix", "outbound")
HOVER: Final = "%{customdata[0]}<br>%{customdata[1]} (%{customdata[2]})<extra></extra>"
HEIGHT: Final = 180
SIDE: Final = 96
ROOM: Final = 0.6
"""Part of the axis beyond the longest bar, for the words at its end on a phone."""


def mix(rows: polars.DataFrame, empty: str = EMPTY) -> go.Figure:
    """The row `all` of the report `gap_by_mix` as four bars, in points of 100 leads.

    Both channels stand on the axis; what remains like for like and what the mix adds hang between them, each with its
    95 % range in words. If the gap cannot be split, the figure is the sentence `empty`.
    """
    known = rows.filter((polars.col("measure") == "all") & polars.col("rate").is_not_null())
    if known.is_empty():
        return said(empty)
    row = known.row(0, named=True)
    inbound, outbound = row["inbound_share"], row["outbound_share"]
    lengths = (inbound, row["rate"], row["mix"], outbound)
    bases = (0.0, inbound, inbound + row["rate"], 0.0)
    told = (
        words.share(inbound),
        words.points(row["rate"]),
        words.points(row["mix"]),
        words.share(outbound),
    )
    ranges = (
        words.count(row["inbound_count"]) + " leads",
        _range(row["rate_low"], row["rate_high"]),
        _range(row["mix_low"], row["mix_high"]),
        words.count(row["outbound_count"]) + " leads",
    )
    figure = go.Figure()
    figure.add_bar(
        orientation="h",
        y=STEPS,
        base=[round(100 * base, 4) for base in bases],
        x=[round(100 * length, 4) for length in lengths],
        name="gap",
        marker={
            "color": [INBOUND, faded(NEUTRAL, "66"), faded(NEUTRAL, "66"), OUTBOUND],
            "line": {"width": 1, "color": [INBOUND, NEUTRAL, NEUTRAL, OUTBOUND]},
        },
        customdata=[
            [words.plotly(step), words.plotly(value), words.plotly(spread)]
            for step, value, spread in zip(STEPS, told, ranges, strict=True)
        ],
        hovertemplate=HOVER,
    )
    ends = [100 * max(base, base + length) for base, length in zip(bases, lengths, strict=True)]
    colours = (INBOUND_TEXT, NEUTRAL, NEUTRAL, OUTBOUND_TEXT)
    for step, end, value, spread, colour in zip(STEPS, ends, told, ranges, colours, strict=True):
        place = {"xref": "x", "yref": "y", "x": end, "y": step, "xanchor": "left", "xshift": 6}
        label(
            figure, f"{words.plotly(value)}<br>{words.plotly(f'({spread})')}", colour, align="left", **place
        )
    figure.update_layout(
        height=HEIGHT,
        margin={"t": TOP, "b": 40, "l": SIDE, "r": 8, "autoexpand": False},
        showlegend=False,
        bargap=0.3,
        dragmode=False,
        hovermode="closest",
    )
    lowest = 100 * min(0.0, *(min(base, base + length) for base, length in zip(bases, lengths, strict=True)))
    width = max(ends) - lowest or 1.0
    title = {"text": words.plotly("won, of 100 leads"), "font": {"size": 12}, "standoff": 4}
    figure.update_xaxes(
        range=[lowest, max(ends) + ROOM * width], showgrid=True, zeroline=True, fixedrange=True, title=title
    )
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False, tickfont={"size": 12})
    return figure


def _range(low: float | None, high: float | None) -> str:
    """'1.2 to 3.4', in points, or a dash where the range is unknown."""
    if low is None or high is None:
        return words.missing()
    return f"{words.plain(low, 1, 100)} to {words.plain(high, 1, 100)}"
