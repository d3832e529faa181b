"""The gap between the channels at each age, with the ranges that decide whether anybody is ahead."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import framed, label, said, wrapped
from leadquality.charts.palette import LOOKS, NEUTRAL
from leadquality.charts.points import Point, points
from leadquality.contracts import DIFFERENCE

EMPTY: Final = (
    "No gap can be given: fewer than 30 leads of a channel are old enough, or fewer than 5 are won."
)
GAP_FROM: Final = 5
NOTE: Final = 48
HOVER: Final = (
    "at %{x} days<br>%{customdata[0]} (%{customdata[1]})<br>%{customdata[2]} old enough<extra></extra>"
)


def _of_100(ratio: float) -> float:
    return round(100 * ratio, 4)


def _sparse(rows: polars.DataFrame, ages: tuple[int, ...]) -> set[int]:
    """Ages at which a channel has fewer than 5 events: the sign may be told in words, a gap may not."""
    sides = [point for look in LOOKS for point in points(rows, look.channel)]
    return {point.age for point in sides if point.events < GAP_FROM and point.age in ages}


def _mark(point: Point) -> tuple[str, str]:
    """Colour and symbol: a channel's own only where it is ahead, open where it is leaned to, else a grey square."""
    inbound, outbound = LOOKS
    if not point.is_judged:
        return NEUTRAL, "square-open"
    if point.low <= 0 <= point.high:
        return NEUTRAL, "square"
    look = outbound if point.low > 0 else inbound
    bounds = point.low_99, point.high_99
    firm = bounds[0] is not None and bounds[1] is not None and not bounds[0] <= 0 <= bounds[1]
    return look.colour, look.symbol if firm else f"{look.symbol}-open"


def _ranges(figure: go.Figure, drawn: list[Point], colours: list[str]) -> None:
    """One stroke per point and range, thin for the wide one: error bars take only one colour per trace."""
    for point, colour in zip(drawn, colours, strict=True):
        wide = (point.low_99, point.high_99)
        for name, limits, width in (("99", wide, 1), ("95", (point.low, point.high), 4)):
            low, high = limits
            if low is not None and high is not None:
                x, y = [words.count(point.age)] * 2, [_of_100(low), _of_100(high)]
                line = {"width": width, "color": colour}
                figure.add_scatter(x=x, y=y, mode="lines", line=line, name=f"{name} %", hoverinfo="skip")


def _limits(drawn: list[Point]) -> tuple[float, float]:
    """The axis: all limits and 0, with room for the words on either side of 0."""
    lows = [_of_100(point.low if point.low_99 is None else point.low_99) for point in drawn]
    highs = [_of_100(point.high if point.high_99 is None else point.high_99) for point in drawn]
    low, high = min(0.0, *lows), max(0.0, *highs)
    room = (high - low) / 4 or 1.0
    return min(1.1 * low, -room), max(1.1 * high, room)


def _notes(sparse: set[int], ages: tuple[int, ...]) -> str:
    """What the strokes mean, and which ages are left out."""
    notes = ["thick: range that fits the data", "thin: wider; “ahead” needs it clear of 0"]
    if sparse:
        listed = sorted(sparse)
        first = listed == sorted(ages)[: len(listed)]
        which = f"up to {listed[-1]}" if first else f"at {', '.join(str(age) for age in listed)}"
        notes.append(f"no gap {which} days: fewer than {GAP_FROM} events")
    return "<br>".join(wrapped(note, NOTE) for note in notes)


def gap(
    rows: polars.DataFrame,
    ages: tuple[int, ...],
    above: str = "outbound ahead",
    below: str = "inbound ahead",
    empty: str = EMPTY,
) -> go.Figure:
    """Outbound minus inbound at each age of the grid, in points; rows as for equal_age, with the difference's rows.

    The thick range is the 95 % one, the thin one the 99 % that a verdict needs. An age is left out where the
    difference is null, or where a channel's own row has fewer than 5 events; the latter are listed below.
    """
    sparse = _sparse(rows, ages)
    drawn = [point for point in points(rows, DIFFERENCE) if point.age in ages and point.age not in sparse]
    if not drawn:
        return said(empty)
    figure = framed(right=76, bottom=106)
    marks = [_mark(point) for point in drawn]
    _ranges(figure, drawn, [colour for colour, _ in marks])
    figure.add_scatter(
        x=[words.count(point.age) for point in drawn],
        y=[_of_100(point.estimate) for point in drawn],
        mode="markers",
        name="gap",
        marker={
            "size": 10,
            "color": [colour for colour, _ in marks],
            "symbol": [symbol for _, symbol in marks],
        },
        customdata=[
            [
                words.plotly(words.points(point.estimate)),
                words.plotly(words.span("ratio", point.low, point.high).removesuffix(" %")),
                words.plotly(words.count(point.old_enough)),
            ]
            for point in drawn
        ],
        hovertemplate=HOVER,
    )
    figure.add_hline(y=0, line={"width": 1, "color": NEUTRAL})
    bottom, top = _limits(drawn)
    for text, look, y in ((below, LOOKS[0], bottom / 2), (above, LOOKS[1], top / 2)):
        label(figure, wrapped(text, 9), look.text, x=1, xanchor="left", xshift=6, yref="y", y=y, align="left")
    label(figure, _notes(sparse, ages), x=0, xanchor="left", y=0, yanchor="top", yshift=-40, align="left")
    title = {"text": "age of the lead in days", "standoff": 4, "font": {"size": 12}}
    figure.update_xaxes(type="category", title=title)
    figure.update_yaxes(range=[bottom, top], title={"text": "gap in points", "font": {"size": 12}})
    return figure
