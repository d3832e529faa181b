"""How calls end, per channel, stacked to 100: every outcome class apart, and calls without a mapped outcome beside them."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import label, said, wrapped
from leadquality.charts.palette import INK, LOOKS, NEUTRAL

EMPTY: Final = "No mix: fewer than 10 calls of either channel."
CLASSES: Final = {
    "qualified": "qualified",
    "meeting_booked": "meeting<br>booked",
    "interested_not_ready": "interested,<br>not ready",
    "callback_requested": "callback<br>requested",
    "connected_no_result": "no result",
    "no_fit": "no fit",
    "do_not_call": "do not<br>call",
    "gatekeeper_block": "gate-<br>keeper",
    "wrong_contact": "wrong<br>contact",
    "unreachable": "unreach-<br>able",
    "voicemail": "voicemail",
    "unmapped": "not<br>mapped",
}
"""Outcome classes in the order of the bar, conversations first, and how a segment is labelled."""

SPOKEN: Final = 7
"""Classes that are conversations: drawn in the colour of the channel; the others are grey."""
SHADES: Final = ("73", "40")
"""Two strengths in turn, both pale enough for dark letters."""
BAR: Final = 116
"""Pixels of a bar with the line over it."""
LETTERS: Final = 52
FOOT: Final = 74
"""Letters of a line under the bars on a phone, where few segments hold their label, and pixels of four such lines."""
UNMAPPED: Final = "unmapped"
HOVER: Final = "%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]} (%{customdata[3]})<br>%{customdata[4]} calls<extra></extra>"


def outcomes(rows: polars.DataFrame, empty: str = EMPTY) -> go.Figure:
    """One bar per channel of the report outcome_mix; labels stand where they fit, the table behind has them all.

    The last value of a segment's customdata is its place among segments(rows), for a click.
    """
    every = segments(rows)
    if not every:
        return said(empty)
    figure = go.Figure()
    for number, (name, text) in enumerate(CLASSES.items()):
        found = [(place, row) for place, row in enumerate(every) if row["measure"] == name]
        if not found:
            continue
        figure.add_bar(
            y=[row["channel"] for _, row in found],
            x=[100 * row["estimate"] for _, row in found],
            orientation="h",
            name=words.plotly(label_of(name)),
            text=[f"{text}<br>{words.plotly(words.share(row['estimate']))}" for _, row in found],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": INK},
            marker=_marker(number, [row["channel"] for _, row in found]),
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            customdata=[[*_hover(row), place] for place, row in found],
            hovertemplate=HOVER,
        )
    for look in LOOKS:
        _beside(figure, [row for row in every if row["channel"] == look.channel], look.channel, look.text)
    drawn = [label_of(name) for name in CLASSES if any(row["measure"] == name for row in every)]
    text = wrapped(f"From left to right: {', '.join(drawn)}", LETTERS)
    label(figure, text, x=0, xanchor="left", y=0, yanchor="top", yshift=-42, align="left")
    order = [look.channel for look in LOOKS if any(row["channel"] == look.channel for row in every)]
    figure.update_layout(
        height=48 + BAR * len(order) + FOOT,
        barmode="stack",
        bargap=0.42,
        margin={"t": 8, "b": 40 + FOOT, "l": 8, "r": 24, "autoexpand": False},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
        clickmode="event+select",
        uniformtext={"minsize": 11, "mode": "hide"},
    )
    title = {"text": "of 100 calls", "standoff": 4, "font": {"size": 12}}
    figure.update_xaxes(range=[0, 100], fixedrange=True, showgrid=False, zeroline=False, title=title)
    figure.update_yaxes(
        fixedrange=True,
        showgrid=False,
        showticklabels=False,
        categoryorder="array",
        categoryarray=order[::-1],
    )
    return figure


def segments(rows: polars.DataFrame) -> list[dict[str, Any]]:
    """The rows that are drawn, by channel and in the order of the bar."""
    if rows.is_empty():
        return []
    if rows["slice"].n_unique() > 1:
        raise ValueError("a figure draws one slice: filter the rows by `slice` first")
    channels, classes = [look.channel for look in LOOKS], list(CLASSES)
    found = rows.filter(
        polars.col("estimate").is_not_null()
        & polars.col("channel").is_in(channels)
        & polars.col("measure").is_in(classes)
    )
    return sorted(
        found.to_dicts(), key=lambda row: (channels.index(row["channel"]), classes.index(row["measure"]))
    )


def label_of(name: str) -> str:
    """An outcome class in words: 'interested, not ready'."""
    return CLASSES[name].replace("-<br>", "").replace("<br>", " ") if name in CLASSES else name


def _marker(number: int, channels: list[str]) -> dict[str, Any]:
    colours = {look.channel: look.colour for look in LOOKS}
    shade = SHADES[number % len(SHADES)]
    spoken = number < SPOKEN
    marker: dict[str, Any] = {
        "color": [f"{colours[channel] if spoken else NEUTRAL}{shade}" for channel in channels],
        "line": {"width": 0},
    }
    if list(CLASSES)[number] == UNMAPPED:
        marker["pattern"] = {"shape": "/", "fgcolor": INK, "size": 6, "solidity": 0.3}
    return marker


def _beside(figure: go.Figure, found: list[dict[str, Any]], channel: str, colour: str) -> None:
    """Above a bar: the channel, its calls, and those not mapped, which may be too few to be seen."""
    if not found:
        return
    calls = f"{channel}: {words.count(found[0]['denominator'])} calls"
    lost = next((row["numerator"] for row in found if row["measure"] == UNMAPPED), 0)
    unmapped = f", {words.count(lost)} of them not mapped" if lost else ""
    place = {
        "xref": "paper",
        "yref": "y",
        "x": 0,
        "y": channel,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 36,
    }
    label(figure, words.plotly(f"{calls}{unmapped}"), colour, **place)


def _hover(row: dict[str, Any]) -> list[str]:
    return [
        words.plotly(row["channel"]),
        words.plotly(label_of(row["measure"])),
        words.plotly(words.share(row["estimate"])),
        words.plotly(words.span("ratio", row["low"], row["high"])),
        words.plotly(words.count(row["numerator"])),
    ]
