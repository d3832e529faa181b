"""Small multiples of weekly shares: one panel per stage and channel, the usual range shaded, young weeks hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import label, said
from leadquality.charts.palette import LOOKS, NEUTRAL, faded

EMPTY: Final = "No week of creation is old enough yet to be shown."
ROW: Final = 190
GAP: Final = 75
"""Pixels of a row of panels, and of what lies between two: the days below, two lines of title above."""
MATURE: Final = 26
YOUNG: Final = 6
LONG: Final = 60
"""Days from which a panel is told by months."""
"""Weeks of creation in a panel: the last mature ones, and the first of those that are too young."""
HOVER: Final = "week %{customdata[0]}<br>%{customdata[1]}, usual %{customdata[2]}<br>%{customdata[3]} leads<extra></extra>"


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of a weekly report (contract columns, week_on, center, limits), and what they show of each channel: 'met us by 30 days'."""

    titles: Mapping[str, str]
    rows: polars.DataFrame


def weeks(panels: Sequence[Panel], empty: str = EMPTY) -> go.Figure:
    """One row per panel, inbound beside outbound, as one figure; a channel without leads has no column. A week outside its usual
    range has a ring around it.

    Weeks that are too young have no mark and are hatched. If no week is mature, the figure is the sentence `empty`.
    """
    looks = [look for look in LOOKS if any(_shown(panel.rows, look.channel) for panel in panels)]
    drawn = [(panel, look, _shown(panel.rows, look.channel)) for panel in panels for look in looks]
    if not any(row["estimate"] is not None for _, _, rows in drawn for row in rows):
        return said(empty)
    figure = go.Figure()
    figure.set_subplots(
        rows=len(panels), cols=len(looks), horizontal_spacing=0.15, vertical_spacing=GAP / ROW / len(panels)
    )
    for place, (panel, look, rows) in enumerate(drawn):
        row, column = divmod(place, len(looks))
        _panel(figure, rows, look, row + 1, column + 1)
        is_known = any(each["estimate"] is not None for each in rows)
        axis = "" if place == 0 else str(place + 1)
        text = (
            f"{look.channel}{'' if is_known else ', too early'}<br>{words.plotly(panel.titles[look.channel])}"
        )
        # An axis without a trace is dropped in the browser, and its labels with it: they stand on the paper.
        corner = {"x": figure.layout[f"xaxis{axis}"].domain[0], "y": figure.layout[f"yaxis{axis}"].domain[1]}
        label(figure, text, look.text, xanchor="left", yanchor="bottom", align="left", **corner)
        figure.update_xaxes(**_ticks(rows), row=row + 1, col=column + 1)
        figure.update_yaxes(visible=is_known, row=row + 1, col=column + 1)
    figure.update_layout(
        height=ROW * len(panels) + 60,
        margin={"t": 40, "b": 32, "l": 44, "r": 8},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
    )
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True, tickangle=0)
    figure.update_yaxes(rangemode="tozero", fixedrange=True, nticks=4, ticksuffix=" %")
    return figure


def _ticks(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Two days that stand inside the panel on a phone too, one for a single week: as months over a long time, else as days."""
    weeks_on = [
        each["week_on"] for each in rows if each["estimate"] is not None or each["status"] == "too_early"
    ]
    if not weeks_on:
        return {"visible": False}
    inset = len(weeks_on) // 5
    days = sorted({weeks_on[inset], weeks_on[-1 - inset]})
    is_long = (weeks_on[-1] - weeks_on[0]).days > LONG
    return {
        "tickvals": days,
        "ticktext": [words.month(day) if is_long else words.day(day).rpartition(" ")[0] for day in days],
    }


def _shown(rows: polars.DataFrame, channel: str) -> list[dict[str, Any]]:
    if rows.is_empty():
        return []
    found = rows.filter((polars.col("channel") == channel) & polars.col("week_on").is_not_null())
    is_young = polars.col("status") == "too_early"
    mature, young = found.filter(~is_young).sort("week_on"), found.filter(is_young).sort("week_on")
    return [*mature.tail(MATURE).to_dicts(), *young.head(YOUNG).to_dicts()]


def _panel(figure: go.Figure, rows: list[dict[str, Any]], look: Any, row: int, column: int) -> None:
    at = {"row": row, "col": column}
    known = [each for each in rows if each["estimate"] is not None]
    ranged = [each for each in known if each["center"] is not None]
    if ranged:
        x = [each["week_on"] for each in ranged]
        upper, lower = ([100 * each[name] for each in ranged] for name in ("upper_limit", "lower_limit"))
        line = {"width": 0, "shape": "hvh"}
        figure.add_scatter(x=x, y=upper, mode="lines", line=line, hoverinfo="skip", **at)
        figure.add_scatter(
            x=x,
            y=lower,
            mode="lines",
            line=line,
            fill="tonexty",
            fillcolor=faded(look.colour),
            hoverinfo="skip",
            **at,
        )
    if known:
        outside = [bool(each["is_outside"]) for each in known]
        figure.add_scatter(
            x=[each["week_on"] for each in known],
            y=[100 * each["estimate"] for each in known],
            mode="lines+markers",
            name=look.channel,
            line={"color": look.colour, "width": 1, "dash": look.dash},
            marker={
                "color": look.colour,
                "symbol": [f"{look.symbol}-open-dot" if out else look.symbol for out in outside],
                "size": [12 if out else 5 for out in outside],
            },
            customdata=[
                [
                    words.plotly(words.week(each["week_on"])),
                    words.plotly(words.share(each["estimate"])),
                    words.plotly(words.span("ratio", each["lower_limit"], each["upper_limit"])),
                    words.plotly(words.count(each["denominator"])),
                ]
                for each in known
            ],
            hovertemplate=HOVER,
            **at,
        )
    _young(figure, [each for each in rows if each["status"] == "too_early"], _top(known), at)


def _top(known: list[dict[str, Any]]) -> float:
    return 100 * max((each["upper_limit"] or each["estimate"] for each in known), default=0.01)


def _young(figure: go.Figure, young: list[dict[str, Any]], top: float, at: dict[str, int]) -> None:
    """The weeks that nobody may judge yet: a hatched field over the whole height of the panel."""
    if not young:
        return
    ends = [young[0]["week_on"] - timedelta(days=3), young[-1]["week_on"] + timedelta(days=4)]
    figure.add_scatter(
        x=ends,
        y=[top, top],
        mode="lines",
        name="too young to judge",
        line={"width": 0},
        fill="tozeroy",
        fillpattern={
            "shape": "/",
            "fgcolor": NEUTRAL,
            "bgcolor": "rgba(0,0,0,0)",
            "size": 8,
            "solidity": 0.12,
        },
        hoverinfo="skip",
        **at,
    )
