"""The tables of the Sources page: verdicts, what stands behind one source, and money and leads that do not meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from leadquality import words
from leadquality.contracts import BLANK, CHANNELS
from leadquality.engine import Result, with_posteriors
from leadquality.ui.ask import ask, by, rows
from leadquality.ui.cards import in_brief
from leadquality.ui.frame import Frame
from leadquality.ui.kept import once
from leadquality.ui.panel import open_panel
from leadquality.ui.tables import table
from leadquality.verdict.evidence import not_available
from leadquality.verdict.figure import figure
from leadquality.verdict.sources import gaps, reason_of, verdict_of

QUOTED = ("midfunnel_silent_failure", "database_accuracy", "revenue_per_traffic_source")


def judged_sources(frame: Frame, result: Result) -> pl.DataFrame:
    """The rows of source_verdicts with the limits of what is shrunken; none where it is not available."""
    if result.unavailable:
        return pl.DataFrame()
    asked = ("posteriors", result.kpi.kpi_id, result.scope, result.horizon)
    return once(frame.snapshot, asked, lambda: with_posteriors(result))


def source_table(sources: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line per source, by channel and rank, unknown last in its channel."""
    ordered = sorted(
        sources,
        key=lambda row: (
            CHANNELS.index(row["channel"]),
            row["slice"] == BLANK,
            row["place"] is None,
            row["place"] or 0,
            -row["denominator"],
            row["slice"],
        ),
    )
    return [
        {
            "Source": words.one_line(row["slice"]),
            "Verdict": verdict_of(row),
            "Reason": reason_of(row),
            "Leads": row["denominator"],
            "Won by age": _won(row),
            "Value per lead": _value(row),
            "Costs": words.money(None, row["cost_per_lead"]),
            "Bands": f"{row['early_band'] or words.missing()}, {row['late_band'] or words.missing()}",
            "Channel": row["channel"],
        }
        for row in ordered
    ]


def _won(row: dict[str, Any]) -> str:
    age = words.days(row["horizon_days"])
    if row["estimate"] is None:
        small = row["n_old_enough"] < 10
        return f"withheld, {row['n_old_enough']} old enough" if small else f"too few at {age}"
    return f"{words.share(row['estimate'])} ({words.span('ratio', row['low'], row['high'])}) at {age}"


def _value(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return words.missing()
    span = words.span("money", row["value_low"], row["value_high"], row["currency"])
    return f"{words.money(row['currency'], row['value'])} ({span})"


def source_names(sources: Sequence[dict[str, Any]]) -> list[str]:
    """'<channel>: <source>' for each source, in the order of the table."""
    names = [(row["channel"], row["slice"]) for row in sources]
    return [
        f"{channel}: {source}"
        for channel, source in sorted(names, key=lambda name: (CHANNELS.index(name[0]), name[1]))
    ]


def source_detail(frame: Frame, verdicts: Result, chosen: str) -> None:
    """One source: its campaigns with n, what other pages say of it, and its leads."""
    channel, _, source = chosen.partition(": ")
    age = (verdicts.horizon or (None, None))[0 if channel == "inbound" else 1]
    campaigns = ask(frame, "source_campaigns", age)
    lines = [row for row in rows(campaigns) if row["channel"] == channel and row["slice"] == source]
    st.subheader(f"{words.md(source)}, {channel}")
    table(
        [_campaign(row) for row in sorted(lines, key=lambda row: (-row["lead_count"], row["measure"]))],
        "campaigns",
    )
    st.caption("Campaigns are listed, not ranked. Keywords are in no extract.")
    cut = by(frame, "source")
    told = []
    for kpi_id in QUOTED:
        result = ask(cut, kpi_id)
        first = (
            {"measure": result.kpi.first}
            if result.kpi.first and kpi_id != "revenue_per_traffic_source"
            else {}
        )
        row = None if result.unavailable else result.row(channel, slice=source, **first)
        value = (
            in_brief(figure(result.kpi, row))
            if row
            else "not available"
            if result.unavailable
            else words.missing()
        )
        measure = f" ({result.kpi.first})" if first else ""
        told.append({"KPI": f"{result.kpi.title}{measure}", "This source": value, "Reads": result.kpi.reads})
    table(told, "quoted")
    open_panel(frame, verdicts, channel, "source_rows", slice_=source, opened=True)


def _campaign(row: dict[str, Any]) -> dict[str, Any]:
    won = f"{words.count(row['numerator'])} of {words.count(row['denominator'])}"
    if row["estimate"] is not None:
        won += f", {words.share(row['estimate'])} ({words.span('ratio', row['low'], row['high'])})"
    elif row["denominator"]:
        won = f"withheld: {words.count(row['denominator'])} old enough, 10 are needed"
    return {
        "Campaign": words.one_line(row["measure"]),
        "Leads": row["lead_count"],
        f"Won by {words.days(row['horizon_days'])}, of those old enough": won
        if row["denominator"]
        else "none is old enough",
    }


def reason_lines(result: Result) -> list[dict[str, Any]]:
    """Source by reason: how many of 100 leads drop out for it by the age shown, what nobody explained last."""
    last = ("other reasons", "no reason given", "unknown")
    lines = [row for row in rows(result) if row["measure"] != "all reasons"]
    return [
        {
            "Source": words.one_line(row["slice"]),
            "Reason": words.one_line(row["measure"]),
            "Of all leads": in_brief(figure(result.kpi, row))
            if row["estimate"] is not None
            else str(row["status"]).replace("_", " "),
            "Leads": row["numerator"],
            "Channel": row["channel"],
        }
        for row in sorted(
            lines,
            key=lambda row: (
                CHANNELS.index(row["channel"]),
                row["slice"],
                row["measure"] in last,
                last.index(row["measure"]) if row["measure"] in last else -row["numerator"],
                row["measure"],
            ),
        )
    ]


def dropped_leads(frame: Frame, result: Result, chosen: str) -> None:
    """The leads of one source that are disqualified, with their reason."""
    channel, _, source = chosen.partition(": ")
    open_panel(by(frame, "source"), result, channel, "dropped", slice_=source, opened=True)


def spend_gaps(frame: Frame) -> None:
    """Spend without leads and leads without spend, both listed; where there is no spend, that it is missing."""
    result = ask(frame, "spend_gaps")
    if result.unavailable:
        st.text(not_available(result.unavailable))
        return
    said = gaps(rows(result))
    st.text("\n".join(said) if said else "Every source with leads has spend, and all spend meets leads.")
