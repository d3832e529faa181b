"""Booked value by quarter and channel, the quarter that is not over hatched."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import framed, label, said
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded

EMPTY: Final = "No value is booked in this scope yet."
SHOWN: Final = 8
"""Quarters drawn: two years; the table has all."""

FEW: Final = 4
BARS: Final = 0.75
"""Quarters from which bars share the whole width, and the part of it that they fill."""

BOTTOM: Final = 58
HOVER: Final = "%{customdata[1]}, %{customdata[2]}<br>%{customdata[3]}, %{customdata[4]}<extra></extra>"


def quarter_name(on: date) -> str:
    """'2026-Q4'."""
    return f"{on.year}-Q{(on.month - 1) // 3 + 1}"


def booked(rows: polars.DataFrame, empty: str = EMPTY) -> go.Figure:
    """Bars of won contract value by quarter of closing, inbound and outbound side by side, others in grey where they booked anything.

    rows are those of qoq_revenue_contribution (one slice); only its lines by quarter of closing are drawn. A quarter that is not
    over, or is cut by the scope, is hatched. The last eight quarters.
    """
    known = _by_quarter(rows)
    if known.is_empty():
        return said(empty)
    quarters = sorted(set(known["closed_quarter"]))[-SHOWN:]
    known = known.filter(polars.col("closed_quarter").is_in(quarters))
    figure = framed(left=64, right=8, bottom=BOTTOM)
    looks = [look for look in LOOKS if look.channel in set(known["channel"])]
    others = known.filter(
        ~polars.col("channel").is_in([look.channel for look in LOOKS]) & (polars.col("numerator") > 0)
    )
    looks += [Look(name, NEUTRAL, NEUTRAL, "solid", "square") for name in sorted(set(others["channel"]))]
    for look in looks:
        drawn = {
            row["closed_quarter"]: row
            for row in known.filter(polars.col("channel") == look.channel).to_dicts()
        }
        _bars(figure, look, [drawn[quarter] for quarter in quarters if quarter in drawn])
    names = [quarter_name(quarter) for quarter in quarters]
    texts = [name.replace("-", "<br>") for name in names]
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=names,
        tickvals=names,
        ticktext=texts,
        tickangle=0,
    )
    currency = next((row["currency"] for row in known.to_dicts() if row["currency"]), None)
    title = f"booked contract value{f', {currency}' if currency else ''}"
    figure.update_yaxes(
        rangemode="tozero", tickformat="~s", title={"text": words.plotly(title), "font": {"size": 12}}
    )
    figure.update_layout(barmode="group", bargap=1 - BARS * min(1, len(quarters) / FEW), bargroupgap=0.05)
    below: dict[str, Any] = {"xanchor": "left", "y": 0, "yanchor": "top", "yshift": -40}
    for place, look in enumerate(looks):
        label(figure, words.plotly(f"■ {look.channel}"), look.text, x=0, xshift=84 * place, **below)
    if any(row["is_partial"] for row in known.to_dicts()):
        label(figure, "▨ not complete", x=0, xshift=84 * len(looks), **below)
    return figure


def _by_quarter(rows: polars.DataFrame) -> polars.DataFrame:
    """The lines by quarter of closing whose amount is known."""
    if rows.is_empty():
        return rows
    return rows.filter(
        polars.col("closed_quarter").is_not_null()
        & polars.col("created_quarter").is_null()
        & polars.col("numerator").is_not_null()
    )


def _bars(figure: go.Figure, look: Look, rows: list[dict[str, Any]]) -> None:
    figure.add_bar(
        x=[quarter_name(row["closed_quarter"]) for row in rows],
        y=[row["numerator"] for row in rows],
        name=words.plotly(look.channel),
        marker={
            "color": [faded(look.colour, "40") if row["is_partial"] else look.colour for row in rows],
            "line": {"width": 1, "color": look.colour},
            "pattern": {
                "shape": ["/" if row["is_partial"] else "" for row in rows],
                "fgcolor": look.colour,
                "size": 6,
            },
        },
        customdata=[
            [
                words.plotly(row["measure"], 400),
                words.plotly(look.channel),
                words.plotly(row["measure"].replace("closed", "booked in")),
                words.plotly(words.money(row["currency"], row["numerator"])),
                words.plotly(f"{words.count(row['deal_count'])} deals"),
            ]
            for row in rows
        ],
        hovertemplate=HOVER,
    )
