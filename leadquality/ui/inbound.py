"""The tables of the Inbound page: what stands beside the headline, source by source, and how far one source gets."""

from __future__ import annotations

from typing import Any

import streamlit as st

from leadquality import words
from leadquality.contracts import BLANK
from leadquality.engine import Result
from leadquality.ui.ask import ask, by
from leadquality.ui.cards import in_brief
from leadquality.ui.frame import Frame
from leadquality.ui.panel import open_panel
from leadquality.ui.served import kpis
from leadquality.ui.tables import table
from leadquality.verdict.figure import figure

STAGES = {
    "early_stage_conversion": "Met us",
    "lead_to_opportunity": "Became an opportunity",
    "long_term_close_rate": "Won",
    "midfunnel_silent_failure": "Ended in silence, of those met or opened early",
}
"""How far the leads of a source get, by KPI; the last one is how they end without anybody deciding."""


def sources_of(result: Result, channel: str) -> list[str]:
    """The sources of a channel in a result cut by source: those with the most leads first, blank last."""
    leads: dict[str, float] = {}
    for row in result.lines:
        if row["channel"] == channel and row["slice"] is not None:
            leads[row["slice"]] = max(leads.get(row["slice"], 0), row["denominator"] or 0)
    return sorted(leads, key=lambda source: (source == BLANK, -leads[source], source))


def by_source(frame: Frame, channel: str, kpi_ids: tuple[str, ...], key: str) -> None:
    """One line per source and a first one for all of them, one column per KPI; then what is missing, in words."""
    cut = by(frame, "source")
    leads = ask(cut, "judged_too_early_share")
    whole = ask(frame, "judged_too_early_share").first(channel)
    results = {kpi_id: (ask(frame, kpi_id), ask(cut, kpi_id)) for kpi_id in kpi_ids}
    lines: list[dict[str, Any]] = [
        {"Source": f"all {channel}", "Leads": whole["denominator"] if whole else None}
        | {kpis()[kpi_id].title: _cell(total.first(channel), total) for kpi_id, (total, _) in results.items()}
    ]
    for source in sources_of(leads, channel):
        found = leads.row(channel, slice=source)
        line = {"Source": words.one_line(source), "Leads": found["denominator"] if found else None}
        for kpi_id, (_, sliced) in results.items():
            first = {"measure": sliced.kpi.first} if sliced.kpi.first else {}
            line[kpis()[kpi_id].title] = _cell(sliced.row(channel, slice=source, **first), sliced)
        lines.append(line)
    table(lines, f"table_{key}")
    st.caption(
        " ".join(f"{words.md(kpis()[kpi_id].title)}: {words.md(kpis()[kpi_id].reads)}" for kpi_id in kpi_ids)
    )
    for kpi_id, (total, _) in results.items():
        if total.unavailable:
            st.caption(
                f"{words.md(kpis()[kpi_id].title)}: not available, {words.md(total.unavailable, limit=400)}."
            )


def stages(frame: Frame, channel: str, source: str) -> None:
    """How far the leads of one source get, stage by stage, and the rows behind the stage chosen."""
    cut = by(frame, "source")
    results = {kpi_id: ask(cut, kpi_id) for kpi_id in STAGES}
    lines = []
    for kpi_id, result in results.items():
        row = None if result.unavailable else result.row(channel, slice=source)
        told = figure(result.kpi, row) if row is not None else None
        age = f" by {words.days(row['horizon_days'])}" if row and row.get("horizon_days") else ""
        lines.append(
            {
                "Stage": f"{STAGES[kpi_id]}{age}",
                "Rate": in_brief(told) if told else words.missing(),
                "Counted": f"{told.basis} {told.state}".strip() if told else _lack(result, source),
            }
        )
    table(lines, f"stages_{channel}")
    stage = st.selectbox(
        f"Open the {channel} leads of {words.md(source)} at this stage",
        list(STAGES),
        format_func=STAGES.__getitem__,
        key=f"stage_{channel}",
    )
    open_panel(cut, results[stage], channel, f"stage_{channel}_{stage}", slice_=source, opened=True)


def _cell(row: dict[str, Any] | None, result: Result) -> str:
    if result.unavailable:
        return "not available"
    if row is None:
        return words.missing()
    told = figure(result.kpi, row)
    if row["estimate"] is None and told.value == words.missing():
        return str(row["status"]).replace("_", " ")
    return in_brief(told)


def _lack(result: Result, source: str) -> str:
    if result.unavailable:
        return f"Not available: {result.unavailable}."
    return f"No {result.kpi.of} of {words.one_line(source)} in this scope."
