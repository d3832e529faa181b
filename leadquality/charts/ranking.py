"""Sources as dots with ranges, ordered by shrunken rate, one panel per channel; the raw value as a small open mark."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars
from plotly.subplots import make_subplots

from leadquality import words
from leadquality.charts.frame import TOP, label, said, wrapped
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded
from leadquality.contracts import HEADLINE_MINIMUM

EMPTY: Final = "No dots: no source has 30 leads that are old enough."
ROW: Final = 26
HEAD: Final = 26
FOOT: Final = 72
SIDE: Final = 116
NAME: Final = 16
DRAWN: Final = 15
"""Sources drawn per channel; the table has all."""

HOVER: Final = (
    "%{customdata[1]}: %{customdata[2]} (%{customdata[3]})<br>%{customdata[4]}<br>"
    "%{customdata[5]}<extra></extra>"
)


def _drawn(row: dict[str, Any]) -> tuple[float, float, float] | None:
    """Value and limits of the dot: shrunken where there is a posterior, else as it is; None where neither may be shown."""
    if row["shrunken"] is not None and row["shrunken_low"] is not None:
        return row["shrunken"], row["shrunken_low"], row["shrunken_high"]
    if row["estimate"] is not None and row["low"] is not None:
        return row["estimate"], row["low"], row["high"]
    return None


def ranking(rows: polars.DataFrame, empty: str = EMPTY) -> go.Figure:
    """One row per source: a dot with its 95 % range, and what it was before it was shrunken as a small open mark. Ranked ones first.

    rows are those of the report source_verdicts with their posteriors. Filled and coloured from 100 leads old enough and 30 for
    a rank; grey and open below. Sources for which no range is known are left to the table.
    """
    panels: list[tuple[Look, list[dict[str, Any]]]] = []
    for look in LOOKS:
        known = (
            [row for row in rows.to_dicts() if row["channel"] == look.channel and _drawn(row)]
            if rows.height
            else []
        )
        known.sort(key=lambda row: (row["place"] is None, -(_drawn(row) or (0.0,))[0], row["slice"]))
        if known:
            panels.append((look, known[:DRAWN]))
    if not panels:
        return said(empty)
    heights = [ROW * len(found) for _, found in panels]
    height = TOP + FOOT + HEAD * len(panels) + sum(heights)
    inner = height - TOP - HEAD - FOOT
    figure = make_subplots(
        rows=len(panels),
        cols=1,
        shared_xaxes=True,
        row_heights=heights,
        vertical_spacing=HEAD / inner if len(panels) > 1 else 0,
    )
    top = 1.05 * max(100 * (_drawn(row) or (0.0, 0.0, 0.0))[2] for _, found in panels for row in found)
    top = max(top, 1.05 * max(100 * row["raw_share"] for _, found in panels for row in found))
    for place, (look, found) in enumerate(panels, start=1):
        _panel(figure, place, look, found)
    figure.update_layout(
        height=height,
        margin={"t": TOP + HEAD, "b": FOOT, "l": SIDE, "r": 12, "autoexpand": False},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
    )
    figure.update_xaxes(range=[0, top], fixedrange=True, showgrid=True, zeroline=False)
    title = {"text": "won, of 100 leads", "font": {"size": 12}, "standoff": 4}
    figure.update_xaxes(title=title, row=len(panels), col=1)
    figure.update_yaxes(fixedrange=True, showgrid=False, zeroline=False, tickfont={"size": 12})
    notes = wrapped("▒ range that fits the data; small open: before it was shrunken", 48)
    label(figure, notes, x=0, xanchor="left", y=0, yanchor="top", yshift=-36, xshift=-SIDE + 8, align="left")
    return figure


def _panel(figure: go.Figure, place: int, look: Look, found: list[dict[str, Any]]) -> None:
    rows = list(range(len(found)))
    colours = [look.colour if _is_judged(row) else NEUTRAL for row in found]
    for at, row in zip(rows, found, strict=True):
        _, low, high = _drawn(row) or (0.0, 0.0, 0.0)
        figure.add_scatter(
            row=place,
            col=1,
            x=[100 * low, 100 * high],
            y=[at, at],
            mode="lines",
            line={"width": 6, "color": faded(colours[at], "59")},
            hoverinfo="skip",
            name="range",
        )
    figure.add_scatter(
        row=place,
        col=1,
        x=[100 * row["raw_share"] for row in found if row["shrunken"] is not None],
        y=[at for at, row in zip(rows, found, strict=True) if row["shrunken"] is not None],
        mode="markers",
        marker={"size": 6, "symbol": "circle-open", "color": NEUTRAL},
        hoverinfo="skip",
        name="before",
    )
    figure.add_scatter(
        row=place,
        col=1,
        x=[100 * (_drawn(row) or (0.0,))[0] for row in found],
        y=rows,
        mode="markers",
        cliponaxis=False,
        marker={
            "size": 10,
            "color": colours,
            "symbol": [look.symbol if _is_judged(row) else f"{look.symbol}-open" for row in found],
        },
        customdata=[_hover(look, row) for row in found],
        hovertemplate=HOVER,
        name=words.plotly(look.channel),
    )
    figure.update_yaxes(
        tickvals=rows,
        ticktext=[wrapped(row["slice"], NAME) for row in found],
        range=[len(found) - 0.5, -0.5],
        row=place,
        col=1,
    )
    axis = "" if place == 1 else str(place)
    mark = "●" if look.symbol == "circle" else "◆"
    label(
        figure,
        words.plotly(f"{mark} {look.channel}, won by {words.days(found[0]['horizon_days'])}"),
        look.text,
        xref="paper",
        yref=f"y{axis} domain",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        xshift=-SIDE + 8,
        yshift=4,
        font={"size": 13, "color": look.text},
    )


def _is_judged(row: dict[str, Any]) -> bool:
    return bool(row["n_old_enough"] >= HEADLINE_MINIMUM)


def _hover(look: Look, row: dict[str, Any]) -> list[str]:
    value, low, high = _drawn(row) or (0.0, 0.0, 0.0)
    what = "shrunken" if row["shrunken"] is not None else "as it is"
    return [
        words.plotly(f"{look.channel}: {row['slice']}", 400),
        words.plotly(row["slice"]),
        words.plotly(f"{what} {words.share(value)}"),
        words.plotly(words.span("ratio", low, high)),
        words.plotly(f"before {words.share(row['raw_share'])}, {words.count(row['numerator'])} won"),
        words.plotly(
            f"{words.count(row['n_old_enough'])} of {words.count(row['denominator'])} leads old enough"
        ),
    ]
