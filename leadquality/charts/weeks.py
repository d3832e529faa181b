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
"""Weeks of creation in a panel: the last mature ones, and the first of those that are too young."""
HOVER: Final = "week %{customdata[0]}<br>%{customdata[1]}, usual %{customdata[2]}<br>%{customdata[3]} leads<extra></extra>"


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of a weekly report (contract columns, week_on, center, limits), and what they show of each channel: 'met us by 30 days'."""

    titles: Mapping[str, str]
    rows: polars.DataFrame


def weeks(panels: Sequence[Panel], empty: str = EMPTY) -> go.Figure:
    """One row per panel, inbound beside outbound, as one figure. A week outside its usual range has a ring around it.

    Weeks that are too young have no mark and are hatched. If no week is mature, the figure is the sentence `empty`.
    """
    drawn = [(panel, look, _shown(panel.rows, look.channel)) for panel in panels for look in LOOKS]
    if not any(row["estimate"] is not None for _, _, rows in drawn for row in rows):
        return said(empty)
    figure = go.Figure()
    figure.set_subplots(
        rows=len(panels), cols=len(LOOKS), horizontal_spacing=0.1, vertical_spacing=GAP / ROW / len(panels)
    )
    for place, (panel, look, rows) in enumerate(drawn):
        row, column = divmod(place, len(LOOKS))
        _panel(figure, rows, look, row + 1, column + 1)
        axis = "" if place == 0 else str(place + 1)
        text = f"{look.channel}<br>{words.plotly(panel.titles[look.channel])}"
        domain = {"xref": f"x{axis} domain", "yref": f"y{axis} domain"}
        label(figure, text, look.text, x=0, y=1, xanchor="left", yanchor="bottom", align="left", **domain)
    figure.update_layout(
        height=ROW * len(panels) + 60,
        margin={"t": 40, "b": 32, "l": 40, "r": 8},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
    )
    figure.update_xaxes(
        showgrid=False, zeroline=False, fixedrange=True, nticks=3, tickangle=0, tickformat="%b %y"
    )
    figure.update_yaxes(rangemode="tozero", fixedrange=True, nticks=4)
    return figure


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
