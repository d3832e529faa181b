"""Won by age: the step curves that compare two channels like for like."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import INNER, framed, label, said, spaced
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded
from leadquality.charts.points import Point, counts, points, runs

EMPTY: Final = "No curve: fewer than 30 leads of either channel are old enough."
HOVER: Final = (
    "%{customdata[0]}, by day %{x}<br>%{customdata[1]} (%{customdata[2]})<br>"
    "%{customdata[3]} old enough, %{customdata[4]}<extra></extra>"
)
LINE_HEIGHT: Final = 17
LABEL_SHARE: Final = 0.2
"""Part of the axis that a count needs on a phone."""

Curves = list[tuple[Look, list[Point]]]


def _of_100(ratio: float) -> float:
    return round(100 * ratio, 4)


def _steps(figure: go.Figure, look: Look, drawn: list[Point]) -> None:
    for run in runs(drawn):
        colour = look.colour if run[0].is_judged else NEUTRAL
        common = {"x": [point.age for point in run], "mode": "lines", "hoverinfo": "skip"}
        thin = {"shape": "hv", "width": 0, "color": colour}
        low, high = [_of_100(point.low) for point in run], [_of_100(point.high) for point in run]
        figure.add_scatter(**common, y=low, line=thin, name=f"{look.channel} low")
        fill = {"fill": "tonexty", "fillcolor": faded(colour)}
        figure.add_scatter(**common, y=high, line=thin, name=f"{look.channel} range", **fill)
        line = {"shape": "hv", "width": 2, "color": colour, "dash": look.dash}
        figure.add_scatter(
            **common, y=[_of_100(point.estimate) for point in run], line=line, name=look.channel
        )


def marked_ages(rows: polars.DataFrame, ages: tuple[int, ...]) -> list[tuple[str, int]]:
    """(channel, age) of every point that equal_age marks at `ages`, in the order of their places in customdata."""
    return [
        (look.channel, point.age)
        for look in LOOKS
        for point in points(rows, look.channel)
        if point.age in ages
    ]


def _marks(
    figure: go.Figure, look: Look, drawn: list[Point], ages: tuple[int, ...], noun: str, first: int
) -> int:
    """Mark the ages; the last value of a point's customdata is its place, counted from `first`. The next free place."""
    marked = [point for point in drawn if point.age in ages]
    figure.add_scatter(
        x=[point.age for point in marked],
        y=[_of_100(point.estimate) for point in marked],
        mode="markers",
        cliponaxis=False,
        name=f"{look.channel} ages",
        marker={
            "size": 8,
            "symbol": [look.symbol if point.is_judged else f"{look.symbol}-open" for point in marked],
            "color": [look.colour if point.is_judged else NEUTRAL for point in marked],
        },
        customdata=[
            [
                words.plotly(look.channel),
                words.plotly(words.share(point.estimate)),
                words.plotly(words.span("ratio", point.low, point.high)),
                words.plotly(words.count(point.old_enough)),
                words.plotly(f"{words.count(point.events)} {noun}"),
                place,
            ]
            for place, point in enumerate(marked, start=first)
        ],
        hovertemplate=HOVER,
    )
    return first + len(marked)


def _ends(figure: go.Figure, curves: Curves, top: float) -> None:
    """The name and value at the end of each line, moved apart where they would touch."""
    below = -float(INNER)
    for look, drawn in sorted(curves, key=lambda curve: curve[1][-1].estimate):
        end = drawn[-1]
        at = INNER * _of_100(end.estimate) / top
        shifted = max(at, below + LINE_HEIGHT)
        below = shifted
        label(
            figure,
            words.plotly(f"{look.channel} {words.share(end.estimate)}"),
            look.text if end.is_judged else NEUTRAL,
            xref="x",
            yref="y",
            x=end.age,
            y=_of_100(end.estimate),
            xanchor="left",
            xshift=8,
            yshift=round(shifted - at),
        )


def _old_enough(figure: go.Figure, rows: polars.DataFrame, ages: list[int]) -> None:
    """The leads old enough, one line per channel, under the ages."""
    row: dict[str, Any] = {"yanchor": "top", "y": 0}
    looks = [look for look in LOOKS if counts(rows, look.channel)]
    label(figure, "old enough", x=0, xanchor="right", xshift=-6, yshift=-26, **row)
    for line, look in enumerate(looks):
        found = counts(rows, look.channel)
        place = row | {"yshift": -44 - LINE_HEIGHT * line}
        label(figure, words.plotly(look.channel), look.text, x=0, xanchor="right", xshift=-6, **place)
        for age in ages:
            text = words.plotly(words.count(found.get(age)))
            label(figure, text, look.text, xref="x", x=age, xanchor="center", **place)


def equal_age(
    rows: polars.DataFrame,
    ages: tuple[int, ...],
    judge_at: int,
    noun: str = "won",
    empty: str = EMPTY,
) -> go.Figure:
    """Curves of a ratio KPI by age, one slice; rows are the contract's columns plus age_days, each day or each step.

    Marks, counts and hover stand at ages and judge_at, where the rows have them. Under 100 old enough the curve is
    grey; where the estimate is null it ends. If nothing can be drawn, the figure is the sentence `empty`.
    """
    curves: Curves = [(look, drawn) for look in LOOKS if (drawn := points(rows, look.channel))]
    if not any(point.age >= min(ages) for _, drawn in curves for point in drawn):
        return said(empty)
    last = max(judge_at, *(drawn[-1].age for _, drawn in curves))
    top = 1.25 * max(_of_100(point.high) for _, drawn in curves for point in drawn) or 1.0
    figure = framed()
    for look, drawn in curves:
        _steps(figure, look, drawn)
    place = 0
    for look, drawn in curves:
        place = _marks(figure, look, drawn, (*ages, judge_at), noun, place)
    _ends(figure, curves, top)
    shown = spaced([age for age in {*ages, judge_at} if age <= last], judge_at, LABEL_SHARE * last)
    _old_enough(figure, rows, shown)
    figure.add_vline(x=judge_at, line={"width": 1, "color": NEUTRAL})
    side, away = ("right", -6) if judge_at > last / 2 else ("left", 6)
    judged = words.plotly(f"judged at {words.days(judge_at)}")
    label(figure, "▒ range that fits the data", x=0, xanchor="left", xshift=6, y=1, yanchor="top")
    label(
        figure,
        judged,
        xref="x",
        x=judge_at,
        xanchor=side,
        xshift=away,
        y=1,
        yanchor="top",
        yshift=-LINE_HEIGHT,
    )
    title = {"text": "age of the lead in days", "standoff": 4, "font": {"size": 12}}
    figure.update_xaxes(
        range=[0, last], tickvals=shown, ticktext=[words.count(age) for age in shown], title=title
    )
    title = {"text": words.plotly(f"{noun}, of 100 leads"), "font": {"size": 12}}
    figure.update_yaxes(range=[0, top], title=title)
    return figure
