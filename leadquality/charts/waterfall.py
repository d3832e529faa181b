"""The movement of the pipeline as a waterfall, one panel per channel: start + created + pulled in .. = end."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars
from plotly.subplots import make_subplots

from leadquality import words
from leadquality.charts.frame import TOP, label, said
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded

EMPTY: Final = "No opportunity was open, created or closed in this quarter."
STEPS: Final = ("start", "created", "pulled in", "amount changed", "pushed", "lost", "won", "end")
WHOLE: Final = ("start", "end")
"""Steps that stand on the axis; the others hang where the one before ended."""

ROW: Final = 20
HEAD: Final = 24
FOOT: Final = 48
SIDE: Final = 108
ROOM: Final = 0.42
"""Part of the axis beyond the longest bar, for the words at its end on a phone."""

HOVER: Final = "%{customdata[1]}, %{customdata[2]}<br>%{customdata[3]}, %{customdata[4]}<extra></extra>"


def _looks(rows: polars.DataFrame) -> list[Look]:
    """The channels that have a row, inbound and outbound first; third parties in grey."""
    present = list(dict.fromkeys(rows["channel"])) if rows.height else []
    known = [look for look in LOOKS if look.channel in present]
    others = [name for name in present if name not in {look.channel for look in LOOKS}]
    return known + [Look(name, NEUTRAL, NEUTRAL, "solid", "square") for name in others]


def _signed(step: str, amount: float, currency: str | None) -> str:
    return words.money(currency, amount) if step in WHOLE else words.change(currency, amount)


def _bars(rows: dict[str, dict[str, Any]]) -> list[tuple[str, float, float, dict[str, Any]]]:
    """(step, where the bar begins, its signed length, row) from top to bottom."""
    bars, level = [], 0.0
    for step in STEPS:
        row = rows[step]
        amount = float(row["estimate"])
        bars.append((step, 0.0 if step in WHOLE else level, amount, row))
        level = amount if step in WHOLE else level + amount
    return bars


def waterfall(rows: polars.DataFrame, empty: str = EMPTY) -> go.Figure:
    """One panel per channel, one bar per step, from the amounts of the report `pipeline_movement` (one slice).

    Start and end stand on the axis in the channel's colour, the steps between hang where the one before ended, in a tint; every
    bar carries its signed amount and how many deals it holds. A channel without an amount is left out.
    """
    known = rows.filter(polars.col("estimate").is_not_null()) if rows.height else rows
    looks = _looks(known)
    if not looks:
        return said(empty)
    panels = [
        {row["measure"]: row for row in known.filter(polars.col("channel") == look.channel).to_dicts()}
        for look in looks
    ]
    height = TOP + FOOT + len(looks) * (HEAD + ROW * len(STEPS))
    figure = make_subplots(rows=len(looks), cols=1, shared_xaxes=True, vertical_spacing=HEAD / height)
    bars = [_bars(panel) for panel in panels]
    reach = [side for panel in bars for _, base, amount, _ in panel for side in (base, base + amount)]
    lowest, highest = min(0.0, *reach), max(0.0, *reach)
    width = highest - lowest or 1.0
    for place, (look, panel) in enumerate(zip(looks, bars, strict=True), start=1):
        _panel(figure, place, look, panel)
    figure.update_layout(
        height=height,
        margin={"t": TOP + HEAD, "b": FOOT, "l": SIDE, "r": 8, "autoexpand": False},
        showlegend=False,
        bargap=0.25,
        dragmode=False,
        hovermode="closest",
    )
    figure.update_xaxes(
        range=[lowest - (0.3 * width if lowest < 0 else 0), highest + ROOM * width],
        showgrid=True,
        zeroline=True,
        fixedrange=True,
        tickformat="~s",
        nticks=4,
    )
    currency = panels[0]["end"]["currency"]
    title = words.plotly(f"amount{f', {currency}' if currency else ''}")
    figure.update_xaxes(title={"text": title, "font": {"size": 12}, "standoff": 4}, row=len(looks), col=1)
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False, tickfont={"size": 12})
    return figure


def _panel(
    figure: go.Figure, place: int, look: Look, bars: list[tuple[str, float, float, dict[str, Any]]]
) -> None:
    currency = bars[0][3]["currency"]
    figure.add_bar(
        row=place,
        col=1,
        orientation="h",
        y=[step for step, _, _, _ in bars],
        base=[base for _, base, _, _ in bars],
        x=[amount for _, _, amount, _ in bars],
        name=words.plotly(look.channel),
        marker={
            "color": [look.colour if step in WHOLE else faded(look.colour, "66") for step, _, _, _ in bars],
            "line": {"width": 1, "color": look.colour},
        },
        customdata=[
            [
                words.plotly(f"{look.channel}: {step}", 400),
                words.plotly(look.channel),
                words.plotly(step),
                words.plotly(_signed(step, amount, currency)),
                words.plotly(f"{words.count(row['denominator'])} deals"),
            ]
            for step, _, amount, row in bars
        ],
        hovertemplate=HOVER,
    )
    axis = "" if place == 1 else str(place)
    for step, base, amount, row in bars:
        text = f"{_signed(step, amount, None)} ({words.count(row['denominator'])})"
        right = max(base, base + amount)
        where = {"xref": f"x{axis}", "yref": f"y{axis}", "x": right, "y": step}
        label(
            figure,
            words.plotly(text),
            look.text,
            **where,
            xanchor="left",
            xshift=4,
            font={"size": 12, "color": look.text},
        )
    label(
        figure,
        words.plotly(
            f"{'●' if look.symbol == 'circle' else '◆' if look.symbol == 'diamond' else '■'} {look.channel}"
        ),
        xref="paper",
        yref=f"y{axis} domain",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        xshift=-SIDE + 8,
        yshift=2,
        font={"size": 13, "color": look.text},
    )
