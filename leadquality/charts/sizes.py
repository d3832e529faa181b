"""Deal sizes, one dot a deal, stacked where they are alike, with the quartiles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import HEIGHT, TOP, framed, label, said
from leadquality.charts.palette import LOOKS, NEUTRAL, faded

EMPTY: Final = "No deal is won in this scope yet."
BINS: Final = 40
"""Places on the axis; deals that fall into one are stacked."""

BOTTOM: Final = 48
HEAD: Final = 54
"""Pixels above the dots, for the words on the quartiles."""

WIDE: Final = 20
"""How many times the middle one the largest deal must be for an axis on which each step is ten times the one before."""

HOVER: Final = "%{customdata[1]}<br>deal %{customdata[2]}, closed %{customdata[3]}<extra></extra>"


def _stacked(amounts: list[float], is_wide: bool) -> list[tuple[float, int]]:
    """Place on the axis and height in the stack of each deal, in the order given."""
    on_axis = [math.log10(amount) for amount in amounts] if is_wide else amounts
    low, high = (min(on_axis) if is_wide else 0.0), max(on_axis)
    width = (high - low) / BINS or 1.0
    heights: dict[int, int] = {}
    placed = []
    for value in on_axis:
        bin_ = min(int((value - low) / width), BINS - 1)
        heights[bin_] = heights.get(bin_, 0) + 1
        middle = low + (bin_ + 0.5) * width
        placed.append((10**middle if is_wide else middle, heights[bin_]))
    return placed


def sizes(
    deals: polars.DataFrame, quartiles: Mapping[str, Any] | None, channel: str, empty: str = EMPTY
) -> go.Figure:
    """One dot per deal of the channel on an axis of contract value; equal ones stacked.

    deals are the rows behind average_contract_value (opportunity_id, acv, currency, closed_on); deals without an amount above 0
    are left out. quartiles is the KPI's row: first_quartile, estimate (the median) and third_quartile, drawn where they are known.
    """
    if deals.is_empty():
        return said(empty)
    chosen = deals.filter((polars.col("channel") == channel) & (polars.col("acv") > 0)).sort(
        "acv", "opportunity_id"
    )
    if chosen.is_empty():
        return said(empty)
    rows = chosen.to_dicts()
    amounts = [float(row["acv"]) for row in rows]
    is_wide = amounts[-1] > WIDE * amounts[len(amounts) // 2]
    placed = _stacked(amounts, is_wide)
    tallest = max(height for _, height in placed)
    look = next(look for look in LOOKS if look.channel == channel)
    figure = framed(left=16, right=24, bottom=BOTTOM)
    inner = HEIGHT - TOP - BOTTOM
    top = max(tallest, 8) * inner / (inner - HEAD)
    currency = rows[0]["currency"]
    if quartiles and quartiles.get("first_quartile") is not None:
        _quartiles(figure, quartiles, is_wide, currency)
    figure.add_scatter(
        x=[place for place, _ in placed],
        y=[height - 0.5 for _, height in placed],
        mode="markers",
        name="deals",
        cliponaxis=False,
        marker={
            "size": max(3, min(7, int((inner - HEAD) / max(tallest, 8)) - 1)),
            "symbol": look.symbol,
            "color": look.colour,
        },
        customdata=[
            [
                words.plotly(row["opportunity_id"], 400),
                words.plotly(words.money(row["currency"], float(row["acv"]))),
                words.plotly(row["opportunity_id"]),
                words.plotly(words.day(row["closed_on"])),
            ]
            for row in rows
        ],
        hovertemplate=HOVER,
    )
    figure.update_yaxes(range=[0, top], visible=False)
    title = f"contract value of one deal{f', {currency}' if currency else ''}"
    if is_wide:
        title += " (each step is ten times the one before)"
        figure.update_xaxes(type="log", dtick=1)
    else:
        figure.update_xaxes(range=[0, 1.04 * amounts[-1]])
    figure.update_xaxes(
        title={"text": words.plotly(title), "standoff": 4, "font": {"size": 12}},
        tickformat=",.0f",
        showgrid=True,
    )
    return figure


def _quartiles(figure: go.Figure, row: Mapping[str, Any], is_wide: bool, currency: str | None) -> None:
    """The middle half as a band and the median as a line, each with its words."""
    low, middle, high = row["first_quartile"], row["estimate"], row["third_quartile"]
    figure.add_vrect(x0=low, x1=high, fillcolor=faded(NEUTRAL), line_width=0, layer="below")
    figure.add_vline(x=middle, line={"width": 2, "color": NEUTRAL})
    at = math.log10(middle) if is_wide else middle
    place: dict[str, Any] = {"xref": "x", "x": at, "y": 1, "yanchor": "top", "xanchor": "left", "xshift": 6}
    label(figure, words.plotly(f"half are at least {words.money(currency, middle)}"), **place)
    text = words.plotly(f"▒ the middle half: {words.span('money', low, high, currency)}")
    label(figure, text, **(place | {"yshift": -18}))
