"""Sources early and late: one line per source, its rate beside that of all leads of the channel, at meeting and at win."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import HEIGHT, TOP, apart, framed, label, said, wrapped
from leadquality.charts.palette import LOOKS, NEUTRAL, Look, faded
from leadquality.contracts import HEADLINE_MINIMUM

EMPTY: Final = "No lines: two sources with 30 leads old enough and 5 events each are needed."
DRAWN: Final = 12
"""Sources whose labels fit beside one another; those with the most leads."""

ENDS: Final = ("meeting", "won")
NAMES: Final = {"meeting": "meeting", "won": "win"}
BOTTOM: Final = 74
SIDE: Final = 124
NAME: Final = 18
"""Letters of a source that fit on one line of the label."""

LINE: Final = 15
LEAST: Final = 0.02
TICKS: Final = {
    0.03125: "1/32",
    0.0625: "1/16",
    0.125: "an eighth",
    0.25: "a quarter",
    0.5: "half",
    1.0: "as all",
}
MORE_TICKS: Final = {2.0: "twice", 4.0: "4 times", 8.0: "8 times", 16.0: "16 times"}
STROKE: Final = "59"
"""Alpha of a range that is a stroke: thinner than a band, so less faded."""

STEP: Final = 0.012
"""Sideways from one source to the next, so that ranges do not hide one another."""

HOVER: Final = (
    "%{customdata[1]}, %{customdata[2]}<br>%{customdata[3]} the rate of all (%{customdata[4]})<br>"
    "%{customdata[5]} (%{customdata[6]}), %{customdata[7]}<extra></extra>"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One source: its rows by end ('meeting', 'won'), as far as they may be drawn."""

    source: str
    leads: int
    ends: dict[str, dict[str, Any]]

    @property
    def is_firm(self) -> bool:
        """Whether both ends are judged and lie on different sides of all leads, each by the range of 99 %."""
        if len(self.ends) < 2 or any(row["n_old_enough"] < HEADLINE_MINIMUM for row in self.ends.values()):
            return False
        early, late = (self.ends[end] for end in ENDS)
        falls = early["low_99"] > 1 > late["high_99"]
        rises = early["high_99"] < 1 < late["low_99"]
        return bool(falls or rises)


def _lines(rows: polars.DataFrame, channel: str) -> list[Line]:
    """The sources with at least one known end, those with the most leads first."""
    found: dict[str, Line] = {}
    for row in rows.to_dicts() if rows.height else []:
        if row["channel"] == channel and row["estimate"] and row["low"] and row["high"]:
            line = found.setdefault(row["slice"], Line(row["slice"], row["denominator"], {}))
            line.ends[row["measure"]] = row
    return sorted(found.values(), key=lambda line: (-line.leads, line.source))


def _hover(line: Line, end: str) -> list[str]:
    row = line.ends[end]
    return [
        words.plotly(line.source, 400),
        words.plotly(line.source),
        words.plotly(f"{NAMES[end]} by {words.days(row['horizon_days'])}"),
        words.plotly(words.times(row["estimate"])),
        words.plotly(f"{words.plain(row['low'], 2)} to {words.plain(row['high'], 2)}"),
        words.plotly(words.share(row["share"])),
        words.plotly(words.span("ratio", row["share_low"], row["share_high"])),
        words.plotly(
            f"{words.count(row['numerator'])} of {words.count(row['denominator'])}, {words.count(row['n_old_enough'])} old enough"
        ),
    ]


def _draw(figure: go.Figure, line: Line, look: Look, offset: float) -> None:
    colour = look.colour if line.is_firm else NEUTRAL
    drawn = [end for end in ENDS if end in line.ends]
    for end in drawn:
        row, at = line.ends[end], ENDS.index(end) + offset
        figure.add_scatter(
            x=[at, at],
            y=[row["low"], row["high"]],
            mode="lines",
            line={"width": 4, "color": faded(colour, STROKE)},
            hoverinfo="skip",
            name=f"range, {words.plotly(line.source)}",
        )
    judged = [line.ends[end]["n_old_enough"] >= HEADLINE_MINIMUM for end in drawn]
    figure.add_scatter(
        x=[ENDS.index(end) + offset for end in drawn],
        y=[line.ends[end]["estimate"] for end in drawn],
        mode="lines+markers",
        line={"width": 3 if line.is_firm else 1.5, "color": colour},
        marker={
            "size": 9,
            "color": colour,
            "symbol": [look.symbol if is_judged else f"{look.symbol}-open" for is_judged in judged],
        },
        customdata=[_hover(line, end) for end in drawn],
        hovertemplate=HOVER,
        name=words.plotly(line.source),
    )


def _label(figure: go.Figure, lines: list[Line], look: Look, low: float, high: float) -> None:
    """The name of each source at the right end of its line, moved apart where two would touch."""
    named = [line for line in lines if "won" in line.ends]
    inner = HEIGHT - TOP - BOTTOM
    per_unit = inner / math.log10(high / low)
    at = [per_unit * math.log10(line.ends["won"]["estimate"] / low) for line in named]
    for line, place, shifted in zip(named, at, apart(at, LINE), strict=True):
        label(
            figure,
            f"{wrapped(line.source, NAME)} {words.plotly(words.times(line.ends['won']['estimate']))}",
            look.text if line.is_firm else NEUTRAL,
            xref="x",
            yref="y",
            x=1 + STEP * (len(lines) / 2 + 1),
            y=math.log10(line.ends["won"]["estimate"]),
            xanchor="left",
            xshift=4,
            yshift=round(shifted - place),
            align="left",
        )


def slope(rows: polars.DataFrame, channel: str = "inbound", empty: str = EMPTY) -> go.Figure:
    """One line per source from its meeting rate to its win rate, each relative to all leads of the channel.

    rows are those of the report `source_slope`. Coloured is only a source whose two ends lie on different sides of 1, each by
    the range of 99 %; all others are grey, open where fewer than 100 leads are old enough. A source with one known end is a
    point. At most 12 sources are drawn. With fewer than two, or without a line, the figure is the sentence `empty`.
    """
    found = _lines(rows, channel)
    if len(found) < 2 or all(len(line.ends) < len(ENDS) for line in found):
        return said(empty)
    look = next(look for look in LOOKS if look.channel == channel)
    lines = found[:DRAWN]
    limits = [(row["low"], row["high"]) for line in lines for row in line.ends.values()]
    low = max(LEAST, min(0.5, *(low for low, _ in limits)) / 1.15)
    high = max(2.0, *(high for _, high in limits)) * 1.15
    figure = framed(left=64, right=SIDE, bottom=BOTTOM)
    figure.add_hline(y=1, line={"width": 1, "color": NEUTRAL})
    for place, line in sorted(enumerate(lines), key=lambda item: item[1].is_firm):
        _draw(figure, line, look, STEP * (place - (len(lines) - 1) / 2))
    _label(figure, lines, look, low, high)
    texts = []
    for end in ENDS:
        row = next((line.ends[end] for line in lines if end in line.ends), None)
        if row is None:
            texts.append(words.plotly(NAMES[end]))
            continue
        by_age = words.plotly(f"{NAMES[end]} by {words.days(row['horizon_days'])}")
        everyone = words.plotly(f"all {channel}: {words.share(row['all_share'])}")
        texts.append(f"{by_age}<br>{everyone}")
    figure.update_xaxes(
        range=[-0.2, 1 + STEP * (len(lines) / 2 + 1)], tickvals=[0, 1], ticktext=texts, tickfont={"size": 12}
    )
    ticks = {at: words.plotly(text) for at, text in (TICKS | MORE_TICKS).items() if low <= at <= high}
    figure.update_yaxes(
        type="log",
        range=[math.log10(low), math.log10(high)],
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
        tickfont={"size": 12},
    )
    notes = ["▒ range that fits the data"]
    if len(found) > len(lines):
        notes.append(
            f"{words.count(len(lines))} of {words.count(len(found))} sources: those with the most leads"
        )
    label(
        figure,
        "<br>".join(wrapped(note) for note in notes),
        x=0,
        xanchor="left",
        y=0,
        yanchor="top",
        yshift=-44,
        align="left",
    )
    return figure
