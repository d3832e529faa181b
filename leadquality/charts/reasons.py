"""Why leads are disqualified: one bar per source, stacked to 100, what nobody explained last."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars

from leadquality import words
from leadquality.charts.frame import TOP, label, said, wrapped
from leadquality.charts.palette import INK, LOOKS, NEUTRAL

ACCENT: Final = "#000009"
EMPTY: Final = "No reasons: no source has 30 leads that are old enough."
UNEXPLAINED: Final = ("other reasons", "no reason given", "unknown")
"""Last in every bar, in grey and hatched: they explain nothing."""

NAMED: Final = 6
"""Reasons that have a shade of their own; the others are drawn together."""

SHADES: Final = ("b0", "88", "68", "50", "3a", "28")
ROW: Final = 30
FOOT: Final = 90
SIDE: Final = 116
NAME: Final = 16
DRAWN: Final = 15
HOVER: Final = "%{customdata[1]}: %{customdata[2]}<br>%{customdata[3]} of leads (%{customdata[4]}), %{customdata[5]}<extra></extra>"
LETTERS: Final = 46


def reasons(rows: polars.DataFrame, empty: str = EMPTY) -> go.Figure:
    """One bar per source from the rows of disqualification_reasons cut by source: the parts of all that drop out by the age shown.

    Sources with fewer than 30 leads old enough are left out. Beyond six reasons the smaller ones are drawn as other reasons.
    """
    channels = [look.channel for look in LOOKS]
    known = [
        row
        for row in (rows.to_dicts() if rows.height else [])
        if row["measure"] != "all reasons" and row["estimate"] and row["channel"] in channels
    ]
    if not known:
        return said(empty)
    totals: dict[str, float] = {}
    leads: dict[tuple[str, str], int] = {}
    for row in known:
        totals[row["measure"]] = totals.get(row["measure"], 0.0) + row["estimate"]
        leads[row["channel"], row["slice"]] = row["denominator"]
    named = [
        name for name in sorted(totals, key=lambda name: (-totals[name], name)) if name not in UNEXPLAINED
    ][:NAMED]
    sources = sorted(leads, key=lambda key: (channels.index(key[0]), -leads[key], key[1]))[:DRAWN]
    order = [*named, *UNEXPLAINED]
    figure = go.Figure()
    for name in order:
        _part(figure, name, named, known, sources)
    figure.update_layout(
        height=TOP + FOOT + ROW * len(sources),
        barmode="stack",
        barnorm="percent",
        bargap=0.3,
        margin={"t": TOP, "b": FOOT, "l": SIDE, "r": 12, "autoexpand": False},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        uniformtext={"minsize": 10, "mode": "hide"},
    )
    title = {"text": "of 100 leads that drop out", "font": {"size": 12}, "standoff": 4}
    figure.update_xaxes(range=[0, 100], fixedrange=True, showgrid=False, zeroline=False, title=title)
    names = [words.plotly(f"{channel}: {source}", 400) for channel, source in sources]
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=names[::-1],
        tickvals=names,
        ticktext=[wrapped(source, NAME) for _, source in sources],
        fixedrange=True,
        showgrid=False,
        tickfont={"size": 12},
    )
    drawn = [name for name in order if any(trace.name == words.plotly(name) for trace in figure.data)]
    text = wrapped(f"From left to right: {', '.join(drawn)}", LETTERS)
    label(figure, text, x=0, xanchor="left", y=0, yanchor="top", yshift=-42, xshift=-SIDE + 8, align="left")
    return figure


def _part(
    figure: go.Figure,
    name: str,
    named: list[str],
    known: list[dict[str, Any]],
    sources: list[tuple[str, str]],
) -> None:
    found = []
    for key in sources:
        rows = [
            row
            for row in known
            if (row["channel"], row["slice"]) == key
            and (
                row["measure"] == name
                or (name == "other reasons" and row["measure"] not in (*named, *UNEXPLAINED))
            )
        ]
        if rows:
            found.append((key, rows))
    if not found:
        return
    is_named = name in named
    marker: dict[str, Any] = {
        "color": f"{ACCENT}{SHADES[named.index(name)]}" if is_named else f"{NEUTRAL}40",
        "line": {"width": 1, "color": NEUTRAL},
    }
    if name in ("no reason given", "unknown"):
        marker["pattern"] = {"shape": "/", "fgcolor": NEUTRAL, "size": 6}
    figure.add_bar(
        orientation="h",
        y=[words.plotly(f"{channel}: {source}", 400) for (channel, source), _ in found],
        x=[sum(row["estimate"] for row in rows) for _, rows in found],
        name=words.plotly(name),
        text=["" if "pattern" in marker else words.plotly(name, 20)] * len(found),
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={"color": INK},
        marker=marker,
        customdata=[
            [
                words.plotly(f"{channel}: {source}", 400),
                words.plotly(source),
                words.plotly(name),
                words.plotly(words.share(sum(row["estimate"] for row in rows))),
                words.plotly(
                    words.span("ratio", rows[0]["low"], rows[0]["high"]) if len(rows) == 1 else "several"
                ),
                words.plotly(f"{words.count(sum(row['numerator'] for row in rows))} leads"),
            ]
            for (channel, source), rows in found
        ],
        hovertemplate=HOVER,
    )
