"""What all figures share: size, margins, axes, labels, and the sentence that replaces an empty chart."""

from __future__ import annotations

import textwrap
from typing import Any, Final

import plotly.graph_objects as go

from leadquality import words
from leadquality.charts.palette import NEUTRAL

HEIGHT: Final = 360
TOP: Final = 8
BOTTOM: Final = 88
INNER: Final = HEIGHT - TOP - BOTTOM
"""Pixels between the top and the axis, by which labels are kept apart."""

SAID: Final = 100
"""Pixels of a figure that is a sentence."""

SMALL: Final = 12
PHONE: Final = 40
"""Letters that a line on a phone holds: plotly does not wrap."""


def framed(left: int = 70, right: int = 96, bottom: int = BOTTOM) -> go.Figure:
    """A figure with axes and nothing on them; titles are page text above the figure, and dragging is off."""
    figure = go.Figure()
    figure.update_layout(
        height=HEIGHT,
        margin={"t": TOP, "b": bottom, "l": left, "r": right, "autoexpand": False},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
    )
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True)
    figure.update_yaxes(showgrid=True, zeroline=False, fixedrange=True)
    return figure


def wrapped(sentence: str, width: int = PHONE) -> str:
    """A sentence as escaped lines, for a label."""
    lines = textwrap.wrap(words.one_line(sentence, 400), width)
    return "<br>".join(words.plotly(line) for line in lines)


def label(figure: go.Figure, text: str, colour: str = NEUTRAL, **place: Any) -> None:
    """Text that is already escaped, placed as by plotly's add_annotation; on the paper unless told otherwise."""
    place = {"xref": "paper", "yref": "paper", "font": {"size": SMALL, "color": colour}} | place
    figure.add_annotation(text=text, showarrow=False, **place)


def said(sentence: str) -> go.Figure:
    """A figure that holds only a sentence, and no more room than it needs."""
    figure = framed(TOP, TOP, TOP)
    figure.update_layout(plot_bgcolor="rgba(0,0,0,0)", height=SAID)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    label(figure, wrapped(sentence), x=0.5, y=0.5, font={"size": 14})
    return figure


def apart(places: list[float], least: float) -> list[float]:
    """Places from low to high, moved up where they would be closer than `least`; in the order given."""
    moved, below = dict.fromkeys(range(len(places)), 0.0), float("-inf")
    for at in sorted(moved, key=lambda index: places[index]):
        below = moved[at] = max(places[at], below + least)
    over = max(0.0, below - max(places, default=0.0)) / 2
    return [moved[at] - over for at in range(len(places))]


def spaced(ages: list[int], first: int, least: float) -> list[int]:
    """The ages whose labels fit side by side, at least so far apart; first is kept, then the older ones."""
    kept: list[int] = [first] if first in ages else []
    for age in sorted(ages, reverse=True):
        if all(abs(age - other) >= least for other in kept):
            kept.append(age)
    return sorted(kept)
