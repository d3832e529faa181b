"""Won by age, one line per half-year of creation: do younger cohorts follow the older ones?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import HEIGHT, TOP, apart, framed, label, said, spaced
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded
from leadquality.charts.points import Point, points, runs

EMPTY: Final = "No curve: fewer than 30 leads of every half-year are old enough."
BOTTOM: Final = 54
LABEL: Final = 16
LABEL_SHARE: Final = 0.2
"""Part of the axis that an age needs on a phone."""

SIDE: Final = 56
ROOM: Final = 70
"""Pixels over the highest range: for its label, and for two lines of words."""

NEAR: Final = 0.35
"""Part of the axis that a label needs on a phone."""

SHADES: Final = ("ff", "c0", "90", "70", "58")
"""Alpha of a line, from the youngest cohort to the oldest ones."""

HOVER: Final = (
    "created %{customdata[1]}, by day %{x}<br>%{customdata[2]} (%{customdata[3]})<br>"
    "%{customdata[4]} old enough, %{customdata[5]}<extra></extra>"
)


@dataclass(frozen=True, slots=True)
class Cohort:
    """One half-year, its points by age, and how dark its line is."""

    name: str
    drawn: list[Point]
    alpha: str


def _cohorts(rows: polars.DataFrame, channel: str) -> list[Cohort]:
    """From the oldest to the youngest; one without a point that may be drawn is left out."""
    if rows.is_empty():
        return []
    names = sorted(set(rows.filter(polars.col("channel") == channel)["measure"]))
    drawn = [(name, points(rows.filter(polars.col("measure") == name), channel)) for name in names]
    known = [(name, found) for name, found in drawn if found]
    return [
        Cohort(name, found, SHADES[min(len(known) - 1 - place, len(SHADES) - 1)])
        for place, (name, found) in enumerate(known)
    ]


def _draw(figure: go.Figure, cohort: Cohort, look: Look, ages: tuple[int, ...]) -> None:
    for run in runs(cohort.drawn):
        colour = faded(look.colour if run[0].is_judged else NEUTRAL, cohort.alpha)
        figure.add_scatter(
            x=[point.age for point in run],
            y=[100 * point.estimate for point in run],
            mode="lines",
            line={"shape": "hv", "width": 2, "color": colour, "dash": look.dash},
            hoverinfo="skip",
            name=f"line of {words.plotly(cohort.name)}",
        )
    end = cohort.drawn[-1]
    colour = faded(look.colour if end.is_judged else NEUTRAL, cohort.alpha)
    figure.add_scatter(
        x=[end.age, end.age],
        y=[100 * end.low, 100 * end.high],
        mode="lines",
        line={"width": 4, "color": faded(look.colour if end.is_judged else NEUTRAL, "40")},
        hoverinfo="skip",
        name=f"range of {words.plotly(cohort.name)}",
    )
    marked = [point for point in cohort.drawn if point.age in ages or point is end]
    figure.add_scatter(
        x=[point.age for point in marked],
        y=[100 * point.estimate for point in marked],
        mode="markers",
        cliponaxis=False,
        name=words.plotly(cohort.name),
        marker={
            "size": 8,
            "symbol": [look.symbol if point.is_judged else f"{look.symbol}-open" for point in marked],
            "color": [faded(look.colour if point.is_judged else NEUTRAL, cohort.alpha) for point in marked],
        },
        customdata=[_hover(cohort.name, point) for point in marked],
        hovertemplate=HOVER,
    )


def _hover(name: str, point: Point) -> list[Any]:
    return [
        words.plotly(name, 400),
        words.plotly(name),
        words.plotly(words.share(point.estimate)),
        words.plotly(words.span("ratio", point.low, point.high)),
        words.plotly(words.count(point.old_enough)),
        words.plotly(f"{words.count(point.events)} won"),
    ]


def by_cohort(
    rows: polars.DataFrame,
    channel: str,
    ages: tuple[int, ...],
    judge_at: int,
    empty: str = EMPTY,
) -> go.Figure:
    """One step curve per half-year of creation, older ones lighter, each ending where fewer than 30 leads are old enough.

    rows are those of the report `won_by_half_year`, one slice. Grey and open: fewer than 100 are old enough. The range that
    fits the data stands at the end of each line.
    """
    found = _cohorts(rows, channel)
    if not any(point.age >= min(ages) for cohort in found for point in cohort.drawn):
        return said(empty)
    look = next(look for look in LOOKS if look.channel == channel)
    last = max(judge_at, *(cohort.drawn[-1].age for cohort in found))
    inner = HEIGHT - TOP - BOTTOM
    highest = max(100 * max(cohort.drawn[-1].high, *(p.estimate for p in cohort.drawn)) for cohort in found)
    top = (highest or 1.0) * inner / (inner - ROOM)
    figure = framed(right=SIDE, bottom=BOTTOM)
    for cohort in found:
        _draw(figure, cohort, look, ages)
    _ends(figure, found, look, top / inner, last)
    figure.add_vline(x=judge_at, line={"width": 1, "color": NEUTRAL})
    side, away = ("right", -6) if judge_at > last / 2 else ("left", 6)
    text = words.plotly(f"judged at {words.days(judge_at)}")
    label(figure, "▒ range that fits the data", x=0, xanchor="left", xshift=6, y=1, yanchor="top")
    label(figure, text, xref="x", x=judge_at, xanchor=side, xshift=away, y=1, yanchor="top", yshift=-LABEL)
    shown = spaced([age for age in {*ages, judge_at} if age <= last], judge_at, LABEL_SHARE * last)
    title = {"text": "age of the lead in days", "standoff": 4, "font": {"size": 12}}
    ticks = [words.count(age) for age in shown]
    figure.update_xaxes(range=[0, last], tickvals=shown, ticktext=ticks, tickangle=0, title=title)
    figure.update_yaxes(range=[0, top], title={"text": "won, of 100 leads", "font": {"size": 12}})
    return figure


def _ends(figure: go.Figure, found: list[Cohort], look: Look, per_pixel: float, last: int) -> None:
    """Name and value of each cohort over the range at the end of its line, moved apart where two would touch.

    They reach back to the younger ages, where the curves are lower; those too near to the axis reach forward.
    """
    at = [100 * cohort.drawn[-1].high / per_pixel for cohort in found]
    for cohort, place, shifted in zip(found, at, apart(at, LABEL), strict=True):
        end = cohort.drawn[-1]
        label(
            figure,
            words.plotly(f"{cohort.name} {words.share(end.estimate)}"),
            look.text if end.is_judged else NEUTRAL,
            xref="x",
            yref="y",
            x=end.age,
            y=100 * end.high,
            xanchor="right" if end.age > NEAR * last else "left",
            xshift=3 if end.age > NEAR * last else -3,
            yanchor="bottom",
            yshift=round(shifted - place),
        )
